import { randomUUID } from 'node:crypto';
import {
  BlockCreated,
  BlockDeleted,
  FriendshipAccepted,
  FriendshipDeclined,
  FriendshipDeleted,
  FriendshipRequested,
  fact,
  UserUpdated,
} from '@plaza/contracts';
import { eventually, userState } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { Relations } from '../src/relations/relations.js';
import { pairKey } from '../src/storage/collections.js';
import { alice, bob, forgetConversations, forgetRelations, messagingUnderTest } from './messaging-under-test.js';

type Step = Parameters<ServiceUnderTest['publish']>;

let service: ServiceUnderTest;
let relations: Relations;

beforeAll(async () => {
  service = await messagingUnderTest();
  relations = service.running.app.get(Relations);
});
afterAll(() => service?.stop());
beforeEach(async () => {
  await forgetRelations(service);
  await forgetConversations(service);
});

const createdAt = '2026-11-25T12:00:00.000Z';
const pair = [alice.id, bob.id] as const;

/** A relation that begins and ends, by the facts of social-service. */
interface Kind {
  begun(version: number): Step;
  changed(version: number): Step;
  ended(version: number): Step;
  holds(): Promise<boolean>;
}

const blocking = { blockerId: alice.id, blockedId: bob.id, createdAt };
const friends = { requesterId: bob.id, addresseeId: alice.id, createdAt };
const at = (it: object, version: number): Step => [it, { version, id: randomUUID() }];

const kinds: Record<string, Kind> = {
  'a block': {
    begun: (version) => at(fact(BlockCreated, blocking), version),
    changed: (version) => at(fact(BlockCreated, { ...blocking, createdAt: '2026-11-25T13:00:00.000Z' }), version),
    ended: (version) => at(fact(BlockDeleted, blocking), version),
    holds: async () => (await relations.blockBetween([pair])).has(pairKey(...pair)),
  },
  'a friendship': {
    begun: (version) => at(fact(FriendshipAccepted, { ...friends, status: 'ACCEPTED' }), version),
    changed: (version) => at(fact(FriendshipAccepted, { ...friends, status: 'ACCEPTED' }), version),
    ended: (version) => at(fact(FriendshipDeleted, { ...friends, status: 'NONE' }), version),
    holds: async () => (await relations.areFriends([pair])).has(pairKey(...pair)),
  },
};

async function publish(...steps: Step[]): Promise<void> {
  for (const step of steps) await service.publish(...step);
  await service.settle();
}

describe.each(Object.entries(kinds))('%s', (_, { begun, changed, ended, holds }) => {
  it('applies', async () => {
    await publish(begun(1));
    expect(await holds()).toBe(true);
    await publish(ended(2));
    expect(await holds()).toBe(false);
  });

  it('ignores a duplicate', async () => {
    const [beginning, ending] = [begun(1), ended(2)];
    await publish(beginning, beginning);
    expect(await holds()).toBe(true);
    await publish(ending, ending, beginning);
    expect(await holds()).toBe(false);
  });

  it('ignores an older version', async () => {
    await publish(begun(5));
    await publish(ended(4));
    expect(await holds()).toBe(true);
  });

  it('ends right where a change comes before its beginning', async () => {
    await publish(changed(2), begun(1));
    expect(await holds()).toBe(true);
    await publish(ended(4), changed(3));
    expect(await holds()).toBe(false);
  });

  it('ends right where it begins, ends and begins again, in every order', async () => {
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      await forgetRelations(service);
      const steps = [begun(1), ended(2), begun(3)];
      await publish(...order.flatMap((index) => steps.slice(index, index + 1)));
      expect(await holds()).toBe(true);
    }
  });
});

it('makes no friends of those of whom one has only asked, or has said no', async () => {
  const holds = kinds['a friendship']?.holds;
  await publish(at(fact(FriendshipRequested, { ...friends, status: 'PENDING' }), 1));
  expect(await holds?.()).toBe(false);
  await publish(at(fact(FriendshipDeclined, { ...friends, status: 'DECLINED' }), 2));
  expect(await holds?.()).toBe(false);
});

it('is of the two alone', async () => {
  const stranger = randomUUID();
  await publish(
    at(fact(BlockCreated, blocking), 1),
    at(fact(FriendshipAccepted, { ...friends, status: 'ACCEPTED' }), 1),
  );
  const others = [
    [alice.id, stranger],
    [stranger, bob.id],
  ] as const;
  expect(await relations.blockBetween(others)).toEqual(new Set());
  expect(await relations.areFriends(others)).toEqual(new Set());
});

it('shows a new name in conversations as soon as it is told', async () => {
  const open = () =>
    service.request('POST', '/v1/conversations', { as: alice.id, body: { type: 'DIRECT', participantIds: [bob.id] } });
  expect((await open()).body).toMatchObject({ participants: [{}, { displayName: 'Bob' }] });
  await publish(at(fact(UserUpdated, { ...userState(bob), displayName: 'Robert' }), 2));
  expect((await open()).body).toMatchObject({ participants: [{}, { displayName: 'Robert' }] });
});

it('refuses a conversation within a second of a block', async () => {
  const open = () =>
    service.request('POST', '/v1/conversations', { as: alice.id, body: { type: 'DIRECT', participantIds: [bob.id] } });
  expect((await open()).status).toBe(201);
  await service.publish(fact(BlockCreated, { ...blocking, blockerId: bob.id, blockedId: alice.id }), { version: 1 });
  // The promise is a second; a test holds a deadline at five times as much.
  await eventually(async () => expect((await open()).status).toBe(404), { withinMs: 5_000 });
});
