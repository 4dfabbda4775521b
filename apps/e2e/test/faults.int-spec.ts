import { setInterval as ticks } from 'node:timers/promises';
import { type Server, type Stack, startStack } from '@plaza/embedded';
import { type Actor, type Answer, eventually, inParallel, settle } from '@plaza/testing';
import { displayNames, followsOf, wrongCopies, wrongCounts } from '../src/checker.js';
import { killEverything, part } from '../src/faults.js';
import { NO_RATES, type Platform, startPlatform } from '../src/platform.js';
import { followsInTopic } from '../src/topic.js';
import { pairsOf, register } from '../src/workload.js';

const PEOPLE = 40;
const FOLLOWS = 1_000;
const KILLED_EVERY = 250;
const RENAMED_EVERY = 5;
const AWAY_MS = 30_000;
const ASKED_EVERY_MS = 50;
/** The budget of a request and something for a busy machine. */
const ANSWERED_WITHIN_MS = 5_000;

let stack: Stack;
let platform: Platform;
let people: Actor[];

beforeAll(async () => {
  stack = await startStack();
  platform = await startPlatform('services', stack.urls, NO_RATES);
  people = await register(platform.client, PEOPLE);
}, 180_000);

afterAll(async () => {
  await platform?.stop();
  await stack?.stop();
});

async function expectEverythingRight(): Promise<void> {
  const databases = Object.values(platform.databases);
  await settle({ prefix: platform.prefix, databases, brokers: stack.urls.kafkaBrokers, timeoutMs: 120_000 });
  expect(await wrongCounts(platform)).toEqual([]);
  expect(await wrongCopies(platform)).toEqual([]);
  expect(await followsInTopic(stack.urls.kafkaBrokers, platform.prefix)).toEqual(await followsOf(platform));
}

/** Kills the server, starts it again 30 s later, and gives the different statuses that clients are answered meanwhile. */
async function statusesWithout(server: Server, ask: () => Promise<Answer[]>): Promise<number[]> {
  await server.kill('SIGKILL');
  const statuses = new Set<number>();
  const backAt = performance.now() + AWAY_MS;
  for await (const _ of ticks(ASKED_EVERY_MS)) {
    const began = performance.now();
    for (const { status } of await ask()) statuses.add(status);
    expect(performance.now() - began).toBeLessThan(ANSWERED_WITHIN_MS);
    if (performance.now() > backAt) break;
  }
  await server.start();
  return [...statuses];
}

/** Asks again and again, as a client does whose answer got lost. */
async function untilAnswered(ask: () => Promise<Answer>): Promise<void> {
  await eventually(
    async () => {
      const { status, body } = await ask();
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    },
    { withinMs: 120_000 },
  );
}

function twoPeople(): [Actor, Actor] {
  const [first, second] = people;
  if (!first || !second) throw new Error('nobody has registered');
  return [first, second];
}

it('keeps each answered change exactly once when every process is killed three times in the middle of 1,000 follows', async () => {
  const answered: string[] = [];
  const names = new Map<string, Set<string>>();
  let kills = 0;
  let killed = Promise.resolve();
  const killNext = () => {
    kills += 1;
    killed = killed.then(() => killEverything(platform, stack));
  };
  const change = async ([follower, followed]: [Actor, Actor]) => {
    await untilAnswered(() => follower.put(`/v1/follows/${followed.id}`));
    answered.push(`${follower.id}:${followed.id}`);
    if (answered.length % KILLED_EVERY === 0 && answered.length < FOLLOWS) killNext();
    // Follows go from social-service to Kafka; names come back from there.
    if (answered.length % RENAMED_EVERY > 0) return;
    const displayName = `Name ${answered.length}`;
    await untilAnswered(() => followed.patch('/v1/users/me', { displayName }));
    names.set(followed.id, (names.get(followed.id) ?? new Set()).add(displayName));
  };
  await inParallel(32, pairsOf(people, FOLLOWS), change);
  await killed;
  expect(kills).toBe(3);
  expect(await followsOf(platform)).toEqual([...answered].sort());
  const now = await displayNames(platform);
  expect([...names].filter(([id, asked]) => !asked.has(now.get(id) ?? ''))).toEqual([]);
  await expectEverythingRight();
}, 300_000);

it('answers 503 and never wrongly while PostgreSQL is away for 30 s, and catches up', async () => {
  const [first, second] = twoPeople();
  const { username: login, password } = first.person;
  const statuses = await statusesWithout(part(stack, 'postgres'), async () => {
    const answers = await Promise.all([
      first.put(`/v1/follows/${second.id}`),
      first.get(`/v1/social/${first.id}/followers`),
      first.get('/v1/users/me'),
      first.patch('/v1/users/me', { displayName: 'During PostgreSQL' }),
      platform.client.request('POST', '/v1/auth/login', { body: { login, password } }),
    ]);
    for (const { headers } of answers) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    return answers;
  });
  expect(statuses).toEqual([503]);
  await untilAnswered(() => first.patch('/v1/users/me', { displayName: 'After PostgreSQL' }));
  await expectEverythingRight();
}, 240_000);

it('serves reads and writes, and rightly, while Kafka is away for 30 s, and catches up', async () => {
  const [first, second] = twoPeople();
  const statuses = await statusesWithout(part(stack, 'kafka'), async () => {
    const answers = [await first.delete(`/v1/follows/${second.id}`), await first.put(`/v1/follows/${second.id}`)];
    const newest = await second.get(`/v1/social/${second.id}/followers?limit=1`);
    expect(newest.body.items).toEqual([expect.objectContaining({ user: expect.objectContaining({ id: first.id }) })]);
    return [...answers, newest, await first.get('/v1/users/me')];
  });
  expect(statuses.sort()).toEqual([200, 204]);
  expect((await first.logIn()).id).toBe(first.id);
  expect((await first.patch('/v1/users/me', { displayName: 'During Kafka' })).status).toBe(200);
  await expectEverythingRight();
}, 240_000);

it("publishes again what Kafka's lost disk held, and a cache built from nothing afterwards is complete", async () => {
  await part(stack, 'kafka').wipe();
  await part(stack, 'kafka').start();
  // Nothing is under way until the services have noticed the loss, so there is nothing yet to settle.
  await eventually(expectEverythingRight, { withinMs: 120_000 });
  await startSocialServiceFromNothing();
  await eventually(async () => expect(await wrongCopies(platform)).toEqual([]), { withinMs: 60_000 });
}, 240_000);

/** social-service with an empty database of its own: all it can know of the users is what Kafka holds. */
async function startSocialServiceFromNothing(): Promise<void> {
  const social = platform.processes.find(({ name }) => name === 'social-service');
  if (!social) throw new Error('social-service is not a process of its own');
  await social.end();
  platform.databases.social_service += '_anew';
  social.change({ PLAZA_SOCIAL_SERVICE_DATABASE_URL: platform.databases.social_service });
  social.start();
  await platform.ready();
}
