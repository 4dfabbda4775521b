import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import { incompatibilities } from '../src/generate/compatibility.js';
import { generate } from '../src/generate/generate.js';
import { bindingCommit, schemasAt } from '../src/generate/landed-schemas.js';
import { factSchemas } from '../src/generate/schema-files.js';
import { temporaryWorkspace } from './workspace.js';

const here = join(import.meta.dirname, '../..');
const schema = 'libs/contracts/schemas/follow.created.json';
let root: string;
let remove: () => void;

beforeEach(() => {
  ({ root, remove } = temporaryWorkspace({
    'apps/social-service/src/index.ts': `
      import { fact, FollowCreated } from '@plaza/contracts';
      export const app = defineService({ database: {} });
      export class Follows {
        @EventPattern('user.created', { consumer: 'replica' }) on(it) { return this.outbox.add(it, fact(FollowCreated, it)); }
      }`,
  }));
  cpSync(join(here, 'libs/contracts/src'), join(root, 'libs/contracts/src'), { recursive: true });
  generate(root, { version: '1.2.3', check: false });
});

afterEach(() => remove());

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const edit = (path: string, from: string, to: string) => writeFileSync(join(root, path), read(path).replace(from, to));
const check = () => generate(root, { version: '1.2.3', check: true });

it('has nothing to do after it has run', () => {
  expect(check()).toMatchObject({ stale: [], incompatible: [] });
});

it('finds what is stale and leaves it to the writer', () => {
  edit('docs/topics.md', 'follow', 'fellow');
  edit('apps/social-service/src/index.ts', 'user.created', 'user.updated');
  expect(check().stale).toEqual(['docs/topics.md', 'docs/asyncapi.json', 'libs/contracts/asyncapi.json']);
  generate(root, { version: '1.2.3', check: false });
  expect(check().stale).toEqual([]);
});

it('finds the schema of a fact that is no longer declared', () => {
  writeFileSync(
    join(root, 'libs/contracts/schemas/user.exploded.json'),
    read(schema).replaceAll('follow.created', 'user.exploded'),
  );
  expect(check().stale).toEqual(['libs/contracts/schemas/user.exploded.json']);
  expect(check().incompatible).toEqual([expect.stringContaining('user.exploded: the fact is gone')]);
});

it('refuses to overwrite a schema incompatibly, and then writes nothing at all', () => {
  edit(schema, '"followerId"', '"fromId"');
  edit('docs/topics.md', 'follow', 'fellow');
  const [changedSchema, page] = [read(schema), read('docs/topics.md')];
  const { incompatible } = generate(root, { version: '1.2.3', check: false });
  expect(incompatible).toContain('follow.created: field fromId was removed');
  expect([read(schema), read('docs/topics.md')]).toEqual([changedSchema, page]);
});

it('knows who publishes, whichever way it goes into the outbox', () => {
  const hole = 'follow.created has no producer: nothing in apps/social-service builds a FollowCreated to publish';
  for (const way of ['add', 'addAll', 'prepare', 'insert', 'find']) {
    edit('apps/social-service/src/index.ts', '.add(', `.${way}(`);
    expect(check().holes.includes(hole)).toBe(way === 'find');
    edit('apps/social-service/src/index.ts', `.${way}(`, '.add(');
  }
});

it('finds who publishes what others are declared to', () => {
  edit('apps/social-service/src/index.ts', 'fact(FollowCreated', 'fact(UserCreated');
  edit('apps/social-service/src/index.ts', 'fact, FollowCreated', 'fact, UserCreated');
  const hole = 'apps/social-service builds a UserCreated, but is not declared as a producer of user.created';
  expect(check().holes).toContain(hole);
});

it('writes a page that names readers and fields', () => {
  expect(read('docs/topics.md')).toContain(
    '| [user.created](#usercreated) | state | `{id}` | user-service | social-service.replica |',
  );
  expect(read('docs/topics.md')).toContain('| `audience.message` | `EVERYONE`, `FRIENDS`, `NOBODY` |');
  expect(read('docs/topics.md')).toContain(
    '  user-service --> t_user_created([user.created])\n  t_user_created --> social-service',
  );
});

it('names the readers of a service that keeps its data in MongoDB as well', () => {
  const reader = '| user-service | social-service.replica |';
  edit('apps/social-service/src/index.ts', 'database: {}', '');
  generate(root, { version: '1.2.3', check: false });
  expect(read('docs/topics.md')).not.toContain(reader);
  edit('apps/social-service/src/index.ts', 'defineService({ ', 'defineService({ mongo: {}');
  generate(root, { version: '1.2.3', check: false });
  expect(read('docs/topics.md')).toContain(reader);
});

it('writes an AsyncAPI 3 document of the facts that the reference parser accepts', async () => {
  const { document, diagnostics } = await new Parser().parse(read('docs/asyncapi.json'));
  expect(diagnostics.filter((it) => it.severity <= 1)).toEqual([]);
  expect(document?.version()).toBe('3.0.0');
  const operations = document
    ?.operations()
    .all()
    .map((it) => it.id());
  expect(operations).toContain('social-service.publishes.follow');
  expect(operations).toContain('social-service.replica.reads.user.created');
  const created = document?.channels().get('user.created')?.messages().get('UserCreated');
  expect(created?.payload()?.required()).toContain('avatarUrl');
  expect(created?.headers()?.properties()).toHaveProperty('ce_type');
});

it('writes the protocol of the stream into the same document, and a page', async () => {
  const { document } = await new Parser().parse(read('docs/asyncapi.json'));
  const channel = document?.channels().get('stream');
  expect(channel?.address()).toBe('/v1/stream');
  const servers = (name: string) =>
    document
      ?.channels()
      .get(name)
      ?.servers()
      .all()
      .map((it) => it.id());
  expect([servers('stream'), servers('user.created')]).toEqual([['gateway'], ['kafka']]);
  const send = channel?.messages().get('command.message.send');
  expect(send?.payload()?.properties()?.data?.required()).toEqual(['conversationId']);
  const messages = (operation: string) =>
    document
      ?.operations()
      .get(operation)
      ?.messages()
      .all()
      .map((it) => it.name());
  expect(messages('api-gateway.sends.stream')).toEqual(
    expect.arrayContaining(['ready', 'message.sent', 'notification.created']),
  );
  expect(messages('api-gateway.receives.stream')).toEqual(expect.arrayContaining(['ping', 'auth', 'ack']));
  expect(document?.operations().get('api-gateway.receives.stream')?.reply()?.messages().all()).toHaveLength(2);
  expect(read('docs/stream.md')).toContain('| 4408 | the client reads too slowly');
});

describe('against the schemas that have landed', () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=alice', '-c', 'user.email=alice@example.org', ...args], {
      cwd: root,
      encoding: 'utf8',
    });
  const commit = (message: string) => {
    git('add', '.');
    git('commit', '-qm', message);
  };

  beforeEach(() => {
    git('init', '-q', '-b', 'main');
    commit('the facts');
  });

  it('is green for the facts as they are', () => {
    expect(incompatibilities(schemasAt(root, bindingCommit(root)), factSchemas())).toEqual([]);
  });

  it('turns red on a branch that rewrites a schema together with its class', () => {
    // Main promised a field that the classes of this branch no longer have.
    edit(schema, '"followerId"', '"fromId"');
    commit('main');
    git('checkout', '-qb', 'feature');
    edit(schema, '"fromId"', '"followerId"');
    commit('rewritten');
    const problems = incompatibilities(schemasAt(root, bindingCommit(root)), factSchemas());
    expect(problems).toContain('follow.created: field fromId was removed');
  });

  it('turns red on main itself, where the last commit rewrote a schema', () => {
    edit(schema, '"followerId"', '"fromId"');
    commit('promised');
    edit(schema, '"fromId"', '"followerId"');
    commit('rewritten');
    const problems = incompatibilities(schemasAt(root, bindingCommit(root)), factSchemas());
    expect(problems).toContain('follow.created: field fromId was removed');
  });
});

it('ships the AsyncAPI document with the contracts', async () => {
  const { asyncapi } = await import('@plaza/contracts');
  expect(asyncapi()).toMatchObject({ asyncapi: '3.0.0' });
  expect(existsSync(join(here, 'libs/contracts/asyncapi.json'))).toBe(true);
});
