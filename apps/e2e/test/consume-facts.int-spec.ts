import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkout, pythonPackages } from '@plaza/embedded';
import { Actor, eventually, kafkaPrefix, settle, testServers, withKafkaAdmin } from '@plaza/testing';
import { intrude } from '../src/outsider.js';
import { type Platform, startPlatform } from '../src/platform.js';
import { PythonProgram } from '../src/python-program.js';
import { personNamed } from '../src/workload.js';

const page = readFileSync(join(checkout, 'docs/consume-facts.md'), 'utf8');
const requirements = join(checkout, 'apps/e2e/requirements.txt');
const folder = mkdtempSync(join(tmpdir(), 'plaza-replica-'));

/** Not under the platform's prefix: nobody of Plaza waits for what others read. */
const team = kafkaPrefix();
const groups = { first: `${team}replica`, again: `${team}again`, anew: `${team}anew` };

let platform: Platform;
let replica: PythonProgram;
let people: Record<'alice' | 'bob' | 'carol', Actor>;

// Several partitions, so that nothing keeps the order of the topics but the versions.
beforeAll(async () => {
  platform = await startPlatform('all-in-one', testServers(), { PLAZA_KAFKA_PARTITIONS: '3' });
  replica = await programOfThePage();
  const named = (name: string) => Actor.register(platform.client, personNamed(name));
  people = { alice: await named('alice'), bob: await named('bob'), carol: await named('carol') };
}, 180_000);
afterAll(async () => {
  await platform?.stop();
  await withKafkaAdmin((admin) => admin.deleteGroups(Object.values(groups)));
  rmSync(folder, { recursive: true });
});

async function programOfThePage(): Promise<PythonProgram> {
  const [, text] = /```python\n(.*?)```/s.exec(page) ?? [];
  const file = join(folder, 'replica.py');
  writeFileSync(file, text ?? '');
  return new PythonProgram(file, {
    PYTHONPATH: await pythonPackages(requirements, console.log),
    PLAZA_KAFKA_BROKERS: testServers().kafkaBrokers,
    PLAZA_KAFKA_PREFIX: platform.prefix,
    GROUP: groups.first,
    REPLICA: join(folder, 'replica.db'),
  });
}

const settled = () => settle({ prefix: platform.prefix, databases: Object.values(platform.databases) });
const rename = async (actor: Actor, displayName: string) =>
  expect((await actor.patch('/v1/users/me', { displayName })).status).toBe(200);

async function caughtUp(env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  await settled();
  return replica.run(['--once'], env);
}

it('knows who follows whom, by name', async () => {
  const { alice, bob, carol } = people;
  await rename(alice, 'Alice');
  await rename(bob, 'Bob');
  await rename(carol, 'Carol');
  await bob.put(`/v1/follows/${alice.id}`);
  await carol.put(`/v1/follows/${alice.id}`);
  expect(await caughtUp()).toEqual(['Bob follows Alice', 'Carol follows Alice']);
}, 60_000);

it('ends right after it was killed', async () => {
  const { alice, bob, carol } = people;
  const before = statSync(join(folder, 'replica.db')).mtimeMs;
  await rename(bob, 'Robert');
  const running = replica.start();
  await eventually(() => expect(statSync(join(folder, 'replica.db')).mtimeMs).toBeGreaterThan(before), {
    withinMs: 30_000,
  });
  running.kill('SIGKILL');
  await once(running, 'close');
  await carol.delete(`/v1/follows/${alice.id}`);
  await alice.put(`/v1/follows/${bob.id}`);
  expect(await caughtUp()).toEqual(['Alice follows Robert', 'Robert follows Alice']);
}, 120_000);

it('is not changed by reading everything again', async () => {
  expect(await caughtUp({ GROUP: groups.again })).toEqual(['Alice follows Robert', 'Robert follows Alice']);
}, 60_000);

it('ends right when built anew, from what the topics still hold', async () => {
  const anew = { GROUP: groups.anew, REPLICA: join(folder, 'anew.db') };
  expect(await caughtUp(anew)).toEqual(['Alice follows Robert', 'Robert follows Alice']);
}, 60_000);

it('keeps nothing of a person who was erased', async () => {
  const { bob } = people;
  const value = JSON.stringify({ id: bob.id, deletedAt: new Date().toISOString() });
  await intrude(platform, [{ topic: 'user.deleted', key: bob.id, value }]);
  expect(await caughtUp()).toEqual(['']);
  expect(readFileSync(join(folder, 'replica.db')).includes('Robert')).toBe(false);
}, 60_000);

it('names the version of the package that it was run with', () => {
  const [, pinned] = /^(confluent-kafka==\S+)/m.exec(readFileSync(requirements, 'utf8')) ?? [];
  expect(page).toContain(`pip install ${pinned}\n`);
});
