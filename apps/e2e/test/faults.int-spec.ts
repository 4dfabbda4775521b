import { type Server, type Stack, startStack } from '@plaza/embedded';
import { Actor, eventually, settle } from '@plaza/testing';
import { followsOf, rows, wrongCopies, wrongCounts } from '../src/checker.js';
import { type Platform, startPlatform } from '../src/platform.js';
import { followsInTopic } from '../src/topic.js';
import { inParallel, pairsOf, register } from '../src/workload.js';

const PEOPLE = 40;
const FOLLOWS = 1_000;
const AWAY_MS = 30_000;
const RAISED_RATES = {
  PLAZA_RATE_USER_PER_MINUTE: '1000000',
  PLAZA_RATE_IP_PER_MINUTE: '1000000',
  PLAZA_RATE_SIGN_IN_PER_MINUTE: '100000',
};

let stack: Stack;
let platform: Platform;
let people: Actor[];

beforeAll(async () => {
  stack = await startStack({ dataDir: '.plaza/test/faults' });
  platform = await startPlatform('services', stack.urls, RAISED_RATES);
  people = await register(platform.client, PEOPLE);
}, 180_000);

afterAll(async () => {
  await platform?.stop();
  await stack?.stop();
});

const settled = () =>
  settle({ prefix: platform.prefix, databases: Object.values(platform.databases), timeoutMs: 120_000 });

/** Every process of the platform and both servers it stands on, at once; then all are started again. */
async function killEverything(): Promise<void> {
  const { postgres, kafka } = stack.servers;
  await Promise.all([
    ...platform.processes.map((process) => process.end('SIGKILL')),
    postgres?.kill('SIGKILL'),
    kafka?.kill('SIGKILL'),
  ]);
  await Promise.all([postgres?.start(), kafka?.start()]);
  for (const process of platform.processes) process.start();
  await platform.ready();
}

async function expectEverythingRight(): Promise<void> {
  await settled();
  expect(await wrongCounts(platform)).toEqual([]);
  expect(await wrongCopies(platform)).toEqual([]);
  expect(await followsInTopic(stack.urls.kafkaBrokers, platform.prefix)).toEqual(await followsOf(platform));
}

describe('kill -9 of every process in the middle of 1,000 follows', () => {
  it('keeps each answered follow exactly once, with right counts, and both sides agree', async () => {
    const pairs = pairsOf(people, FOLLOWS);
    const answered: string[] = [];
    let killed: Promise<void> | undefined;
    await inParallel(16, pairs, async ([follower, followed]) => {
      await eventually(
        async () => {
          const { status, body } = await follower.put(`/v1/follows/${followed.id}`);
          if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
        },
        { withinMs: 120_000 },
      );
      answered.push(`${follower.id}:${followed.id}`);
      if (answered.length === 300) killed = killEverything();
    });
    await killed;
    expect(await followsOf(platform)).toEqual([...answered].sort());
    await expectEverythingRight();
  }, 300_000);
});

describe('a server that is away for 30 s', () => {
  /** What clients are answered while the server is away, by status; connections to the gateway never fail. */
  async function answersWhile(away: () => Promise<void>, ask: () => Promise<number>): Promise<Map<number, number>> {
    const statuses = new Map<number, number>();
    let back = false;
    const absence = away().finally(() => {
      back = true;
    });
    while (!back) {
      const status = await ask();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    await absence;
    return statuses;
  }

  it('PostgreSQL: answers 503 and never wrongly, and catches up', async () => {
    const [first, second] = people;
    if (!first || !second) throw new Error('nobody has registered');
    const statuses = await answersWhile(
      () => awayFor(stack.servers.postgres, AWAY_MS),
      async () => (await first.put(`/v1/follows/${second.id}`)).status,
    );
    expect([...statuses.keys()].every((status) => status === 503 || status === 200)).toBe(true);
    expect(statuses.get(503)).toBeGreaterThan(0);
    await eventually(async () =>
      expect((await first.patch('/v1/users/me', { displayName: 'After PostgreSQL' })).status).toBe(200),
    );
    await expectEverythingRight();
  }, 240_000);

  it('Kafka: serves reads and writes meanwhile, and catches up', async () => {
    const [first, second] = people;
    if (!first || !second) throw new Error('nobody has registered');
    let turn = 0;
    const statuses = await answersWhile(
      () => awayFor(stack.servers.kafka, AWAY_MS),
      async () => {
        turn += 1;
        if (turn % 2) await first.delete(`/v1/follows/${second.id}`);
        return (await first.put(`/v1/follows/${second.id}`)).status;
      },
    );
    expect([...statuses.keys()]).toEqual([200]);
    expect((await first.patch('/v1/users/me', { displayName: 'During Kafka' })).status).toBe(200);
    await expectEverythingRight();
  }, 240_000);
});
