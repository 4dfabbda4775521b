import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Catalogue, readCatalogue } from '../src/generate/catalogue.js';
import { temporaryWorkspace } from './workspace.js';

const contracts = join(import.meta.dirname, '../../libs/contracts/src');
const declarations = Object.fromEntries(
  ['user.facts.ts', 'social.facts.ts'].map((name) => [
    `libs/contracts/src/${name}`,
    readFileSync(join(contracts, name), 'utf8'),
  ]),
);

function catalogueOf(files: Record<string, string>): Catalogue {
  const workspace = temporaryWorkspace({ ...declarations, ...files });
  try {
    return readCatalogue(workspace.root);
  } finally {
    workspace.remove();
  }
}

const consumersOf = (topic: string, files: Record<string, string>) =>
  catalogueOf(files).topics.find((it) => it.declaration.name === topic)?.consumers;

const replica = `
  import { EventPattern } from '@nestjs/microservices';
  const replica = { consumer: 'replica', replayable: true } as const;
  export class Replica {
    @EventPattern('user.created', replica) onUserCreated() {}
  }`;

const database =
  "import { defineService } from '@plaza/service-kit'; export const app = defineService({ database: {} });";

describe('consumers', () => {
  it('are found in an app and in what it imports', () => {
    const consumers = consumersOf('user.created', {
      'apps/post-service/src/index.ts': `import { FeedModule } from './feed.js'; export const it = FeedModule; ${database}`,
      'apps/post-service/src/feed.ts': replica.replace('Replica', 'FeedModule'),
    });
    expect(consumers).toEqual([
      {
        service: 'post-service',
        consumer: 'replica',
        broadcast: false,
        type: 'user.created',
        file: 'apps/post-service/src/feed.ts',
      },
    ]);
  });

  it('of a lib count for the apps that use them, through the barrel', () => {
    const consumers = consumersOf('user.created', {
      'libs/cache/src/index.ts': "export { Replica } from './replica.js'; export * from './other.js';",
      'libs/cache/src/replica.ts': replica,
      'libs/cache/src/other.ts': 'export const other = 1;',
      'apps/post-service/src/index.ts': `import { Replica } from '@plaza/cache'; export const it = Replica; ${database}`,
      'apps/event-service/src/index.ts': "import { other } from '@plaza/cache'; export const it = other;",
    });
    expect(consumers?.map((it) => it.service)).toEqual(['post-service']);
  });

  it('may share options from another file, name several types and be broadcast', () => {
    const consumers = consumersOf('session', {
      'apps/post-service/src/options.ts': "export const revocations = { consumer: 'revocations', kind: 'broadcast' };",
      'apps/post-service/src/index.ts': `
        import { revocations } from './options.js';
        ${database}
        export class It {
          @EventPattern(['session.revoked', 'user.created'], revocations) on() {}
        }`,
    });
    expect(consumers).toMatchObject([{ consumer: 'revocations', broadcast: true }]);
  });

  it('that come in two forms are shared where the service has a database and broadcast where it has none', () => {
    const both = `
      const shared = { consumer: 'keys' };
      const broadcast = { consumer: 'keys', kind: 'broadcast' };
      export class Stored { @EventPattern('signing-key.published', shared) on() {} }
      export class Kept { @EventPattern('signing-key.published', broadcast) on() {} }`;
    const consumers = consumersOf('signing-key', {
      'apps/post-service/src/index.ts': both + database,
      'apps/api-gateway/src/index.ts': both,
    });
    expect(consumers).toMatchObject([
      { service: 'api-gateway', broadcast: true },
      { service: 'post-service', broadcast: false },
    ]);
  });

  it('of a type that nobody declares are a problem', () => {
    const { problems } = catalogueOf({
      'apps/post-service/src/index.ts': replica.replace('user.created', 'user.exploded') + database,
    });
    expect(problems).toContain(
      'apps/post-service/src/index.ts: post-service.replica consumes user.exploded, which is not declared in libs/contracts',
    );
  });

  it('can not hide their type behind a name', () => {
    const files = { 'apps/post-service/src/index.ts': replica.replace("'user.created'", 'USER_CREATED') };
    expect(() => catalogueOf(files)).toThrow("write the fact type into @EventPattern('...') as a literal");
  });
});

describe('producers', () => {
  const missing = (source: string) =>
    catalogueOf({ 'apps/social-service/src/index.ts': source })
      .problems.filter((it) => it.includes('has no producer'))
      .map((it) => it.split(' ')[0])
      .filter((it) => it?.startsWith('follow.'));

  it('are services that build the fact and have an outbox', () => {
    const source = `
      import { fact, FollowCreated, FollowRequested as Asked, type FollowAccepted, FollowDeleted } from '@plaza/contracts';
      export function follow(outbox, manager, open, it: FollowDeleted): FollowAccepted {
        if (it instanceof FollowDeleted) return it;
        return outbox.add(manager, fact(open ? FollowCreated : Asked, {}));
      }`;
    expect(missing(source)).toEqual(['follow.accepted', 'follow.deleted']);
  });

  it('are not services that build facts and never publish them', () => {
    const source = "import { fact, FollowCreated } from '@plaza/contracts'; export const it = fact(FollowCreated, {});";
    expect(missing(source)).toContain('follow.created');
  });

  it('are not other services', () => {
    const source =
      "import { fact, UserCreated } from '@plaza/contracts'; export const it = outbox.add(0, fact(UserCreated, {}));";
    const { problems } = catalogueOf({
      'apps/social-service/src/index.ts': source,
      'apps/user-service/src/index.ts': '',
    });
    expect(problems).toContain(
      'user.created has no producer: nothing in apps/user-service builds a UserCreated to publish',
    );
  });
});

describe('facts that are only planned', () => {
  const erasing =
    "import { fact, UserDeleted } from '@plaza/contracts'; export const it = outbox.add(0, fact(UserDeleted, {}));";
  const about = (source: string) =>
    catalogueOf({ 'apps/user-service/src/index.ts': source }).problems.filter((it) => it.startsWith('user.deleted'));

  it('need no producer', () => {
    expect(about('')).toEqual([]);
  });

  it('are not called so once somebody publishes them', () => {
    expect(about(erasing)).toEqual(['user.deleted is declared as planned, but apps/user-service publishes it']);
  });
});

describe('descriptions', () => {
  const text = (from: string, to: string) =>
    catalogueOf({
      'libs/contracts/src/user.facts.ts': declarations['libs/contracts/src/user.facts.ts']?.replace(from, to) ?? '',
      'apps/a/src/index.ts': '',
    });

  it("are the classes' JSDoc, with that of inherited fields", () => {
    const facts = catalogueOf({ 'apps/a/src/index.ts': '' }).topics.flatMap((it) => it.facts);
    const followed = facts.find((it) => it.declaration.type === 'follow.created');
    expect(followed?.doc.text).toMatch(/^Published when .* after commit, by social-service\.$/);
    expect(followed?.doc.fields.createdAt).toMatch(/^When the follow/);
  });

  it('say when, after commit, and by whom', () => {
    const { problems } = text('Published when a user registers, after commit, by user-service.', 'A user.');
    expect(problems).toContain('UserCreated: its JSDoc must read "Published when ..., after commit, by user-service."');
  });
});

it("reads a key's shape from the declaration", () => {
  const keys = catalogueOf({ 'apps/a/src/index.ts': '' }).topics.map((it) => [it.declaration.name, it.key]);
  expect(keys).toContainEqual(['follow', '{followerId}:{followingId}']);
});
