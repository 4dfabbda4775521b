import { type Stack, startStack } from '@plaza/embedded';
import { type Actor, eventually, inParallel, settle } from '@plaza/testing';
import { Inhabitant, type Town } from '../src/busy.js';
import { wrongCopies, wrongCounts } from '../src/checker.js';
import { wrongHashtags, wrongPostCounts } from '../src/checker-counts.js';
import { leftovers, wrongFacts } from '../src/checker-facts.js';
import { fedPosts, wrongFeeds, wrongTimelines } from '../src/checker-feeds.js';
import { wrongDeeds } from '../src/checker-ledger.js';
import { NOTHING_READ, type Read, readBy, wrongNotifications } from '../src/checker-notifications.js';
import { killEverything, part } from '../src/faults.js';
import { Ledger } from '../src/ledger.js';
import { NO_RATES, type Platform, startPlatform } from '../src/platform.js';
import { type Pair, type Ties, tie } from '../src/ties.js';
import { register } from '../src/workload.js';

const PEOPLE = 20;
const PRIVATE_PEOPLE = 3;
const FIRST_FOLLOWS = 5;
const DEEDS = 1_500;
const KILLED_EVERY = 400;
const MORE_DEEDS = 400;

let stack: Stack;
let platform: Platform;
let town: Town;
let inhabitants: Inhabitant[];
let ties: Ties;
let read: Read = NOTHING_READ;

beforeAll(async () => {
  stack = await startStack();
  platform = await startPlatform('services', stack.urls, NO_RATES);
  const people = await register(platform.client, PEOPLE);
  const hidden = people.slice(0, PRIVATE_PEOPLE);
  for (const person of hidden) await expectStatus(200, person.patch('/v1/users/me', { privacyLevel: 'PRIVATE' }));
  const open = people.slice(PRIVATE_PEOPLE);
  ties = tiesOf(people);
  await tie(platform, ties);
  await settled();
  town = { people, open, ledger: new Ledger(), posts: [], comments: [] };
  await followHidden(people, hidden);
  inhabitants = people.map((self, index) => new Inhabitant(town, self, { seed: index, repeats: index % 2 === 0 }));
  for (const one of inhabitants) for (let n = 0; n < FIRST_FOLLOWS; n += 1) await one.follow();
}, 240_000);

afterAll(async () => {
  await platform?.stop();
  await stack?.stop();
});

/** Nobody knows of these ties but the services: friends, blocks and mutes among people in the middle of the list. */
function tiesOf(people: Actor[]): Ties {
  const pair = (one: number, other: number): Pair => [people[one]?.id ?? '', people[other]?.id ?? ''];
  return {
    friends: [pair(3, 4), pair(4, 5), pair(6, 3)],
    blocks: [pair(7, 8), pair(9, 10)],
    mutes: [pair(11, 12), pair(13, 14), pair(3, 15)],
  };
}

/** Each private account has been asked by five, and has accepted three. */
async function followHidden(people: Actor[], hidden: Actor[]): Promise<void> {
  for (const [index, account] of hidden.entries()) {
    for (const [place, follower] of people.slice(5 + index, 10 + index).entries()) {
      await expectStatus(200, follower.put(`/v1/follows/${account.id}`));
      town.ledger.turned(`follow ${follower.id} ${account.id}`, 'done', true);
      if (place < 3) await expectStatus(200, account.post(`/v1/follows/requests/${follower.id}/accept`));
    }
  }
}

async function expectStatus(status: number, answer: Promise<{ status: number }>): Promise<void> {
  expect((await answer).status).toBe(status);
}

function settled(): Promise<void> {
  const databases = Object.values(platform.databases);
  return settle({ prefix: platform.prefix, databases, brokers: stack.urls.kafkaBrokers, timeoutMs: 120_000 });
}

async function expectEverythingRight(): Promise<void> {
  await settled();
  expect(await leftovers(platform)).toEqual([]);
  expect(await wrongDeeds(platform, town.ledger)).toEqual([]);
  expect(await wrongPostCounts(platform)).toEqual([]);
  expect(await wrongHashtags(platform)).toEqual([]);
  expect(await wrongCounts(platform)).toEqual([]);
  expect(await wrongCopies(platform)).toEqual([]);
  expect(await wrongFacts(platform)).toEqual([]);
  expect(await wrongTimelines(platform, ties)).toEqual([]);
  expect(await wrongFeeds(platform, town.people, ties)).toEqual([]);
  expect(await wrongNotifications(platform, town.people, { ties, read })).toEqual([]);
}

/** Everybody does something in turn, one thing after the other; `between` is told how much was done. */
async function live(deeds: number, between: (done: number) => void): Promise<void> {
  let done = 0;
  await inParallel(inhabitants.length, inhabitants, async (one) => {
    for (let turn = 0; turn < deeds / inhabitants.length; turn += 1) {
      await one.act();
      done += 1;
      between(done);
    }
  });
}

it('keeps each answered deed exactly once, and feeds, counts and notifications exact, when everything is killed three times', async () => {
  let killed = Promise.resolve();
  let kills = 0;
  await live(DEEDS, (done) => {
    if (done % KILLED_EVERY > 0) return;
    kills += 1;
    killed = killed.then(() => killEverything(platform, stack));
  });
  await killed;
  expect(kills).toBe(3);
  await expectEverythingRight();
  // What is compared is not nothing.
  expect(town.ledger.texts.size).toBeGreaterThan(200);
  expect(town.ledger.unanswered).toBeGreaterThan(0);
  expect(await fedPosts(platform, ties)).toBeGreaterThan(200);
}, 480_000);

it("loses nothing and tells nothing twice when Kafka's disk is lost in the middle, after some have read what they were told", async () => {
  const readers = town.people.slice(0, PEOPLE / 2);
  for (const reader of readers) await expectStatus(204, reader.put('/v1/notifications/read-all'));
  read = await readBy(platform, readers, ties);
  let lost: Promise<unknown> = Promise.resolve();
  await live(MORE_DEEDS, (done) => {
    if (done === MORE_DEEDS / 2) lost = loseKafka();
  });
  await lost;
  // Nothing is under way until the services have noticed the loss, so there is nothing yet to settle.
  await eventually(expectEverythingRight, { withinMs: 180_000 });
}, 480_000);

async function loseKafka(): Promise<void> {
  const kafka = part(stack, 'kafka');
  await kafka.wipe();
  await kafka.start();
}
