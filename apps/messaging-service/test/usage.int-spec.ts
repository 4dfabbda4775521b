import { randomUUID } from 'node:crypto';
import { ConversationMemberAdded, type ConversationType, fact, type MemberRole, MessageSent } from '@plaza/contracts';
import type { RunningService } from '@plaza/service-kit';
import { eventually } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { messageState } from '../src/messages/message.facts.js';
import { collections } from '../src/storage/collections.js';
import { alice, bob, carol, messagingUnderTest } from './messaging-under-test.js';
import { secondInstance } from './second-instance.js';
import { changeMember, storedConversation, storedMessages } from './stored.js';

let chat: ServiceUnderTest;
let version = 0;
const env = { PLAZA_USAGE_EVERY: '300ms' };
const day = '2026-11-20';
const at = new Date(`${day}T12:00:00Z`);

beforeAll(async () => {
  chat = await messagingUnderTest({}, env);
});
afterAll(() => chat?.stop());
beforeEach(async () => {
  for (const one of ['usage_days', 'usage_batches', 'outbox', 'messages', 'conversation_members', 'conversations'])
    await chat.db.collection(one).deleteMany({});
});

async function tell(ids: string[], o: { id?: string; snapshot?: boolean } = {}): Promise<void> {
  for (const _id of ids) {
    const message = await collections.messages(chat.db).findOne({ _id });
    if (!message) throw new Error(`there is no message ${_id}`);
    await chat.publish(fact(MessageSent, messageState(message, 'GROUP')), { version: ++version, ...o });
  }
}

async function say(conversation: string, from: string[], count: number, on = at): Promise<string[]> {
  const ids = await storedMessages(chat, conversation, { from, count, at: on });
  await tell(ids);
  return ids;
}

function join(
  userId: string,
  o: { type?: ConversationType; role?: MemberRole; conversationId?: string; id?: string } = {},
) {
  const { type: conversationType = 'GROUP', role = 'MEMBER', conversationId = randomUUID(), id } = o;
  const member = { conversationId, userId, role, conversationType, joinedAt: at.toISOString() };
  return chat.publish(fact(ConversationMemberAdded, member), { version: ++version, ...(id && { id }) });
}

/** Once all that was gathered is counted and told. */
async function counted(): Promise<void> {
  await chat.settle();
  await eventually(async () => {
    expect(await collections.usageBatches(chat.db).countDocuments()).toBe(0);
    expect(await collections.usageDays(chat.db).countDocuments({ due_at: { $ne: null } })).toBe(0);
  });
}

interface Sums {
  messagesSent: number;
  messagesReceived: number;
  activeConversations: number;
  groupsJoined: number;
}

/** What was told of a user and a day last. */
async function told(userId: string, on = day): Promise<Sums | undefined> {
  const facts = (await chat.facts()).filter(({ type, key }) => type === 'usage.counted' && key === `${userId}:${on}`);
  return facts.at(-1)?.payload as Sums | undefined;
}

/** The same, from the messages themselves. */
async function recount(userId: string, on = day): Promise<Omit<Sums, 'groupsJoined'>> {
  const members = await collections.members(chat.db).find({ user_id: userId }).toArray();
  const sums = { messagesSent: 0, messagesReceived: 0, activeConversations: 0 };
  for (const { conversation_id, joined_seq } of members) {
    const messages = await collections
      .messages(chat.db)
      .find({ conversation_id, seq: { $gt: joined_seq } })
      .toArray();
    const those = messages.filter(({ created_at }) => created_at.toISOString().startsWith(on));
    const own = those.filter(({ sender_id }) => sender_id === userId).length;
    sums.messagesSent += own;
    sums.messagesReceived += those.length - own;
    sums.activeConversations += those.length > 0 ? 1 : 0;
  }
  return sums;
}

describe('the use of messaging', () => {
  it('is what a recount gives, in several conversations and on several days', async () => {
    const one = await storedConversation(chat, [alice.id, bob.id, carol.id]);
    const other = await storedConversation(chat, [alice.id, bob.id]);
    await changeMember(chat, one, carol.id, { joined_seq: 10 });
    const next = new Date('2026-11-21T00:00:00.000Z');
    await say(one, [alice.id, bob.id, alice.id], 17);
    await say(other, [bob.id], 5);
    await say(other, [alice.id], 2, next);
    await counted();
    for (const { id } of [alice, bob, carol]) expect(await told(id)).toMatchObject(await recount(id));
    expect(await told(alice.id, '2026-11-21')).toMatchObject({ messagesSent: 2, messagesReceived: 0 });
    expect(await told(carol.id)).toMatchObject({ messagesReceived: 7, activeConversations: 1, groupsJoined: 0 });
  });

  it('counts groups and channels that were joined', async () => {
    await join(bob.id);
    await join(bob.id, { type: 'CHANNEL' });
    await join(bob.id, { type: 'DIRECT' });
    await join(bob.id, { role: 'OWNER' });
    await counted();
    expect(await told(bob.id)).toMatchObject({ groupsJoined: 2, messagesSent: 0, activeConversations: 0 });
  });

  it('is told again when it has changed, and not more often than is said', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id]);
    const began = performance.now();
    for (let round = 0; round < 5; round += 1) await say(group, [alice.id], 3);
    await counted();
    const most = Math.ceil((performance.now() - began) / 300) + 1;
    const facts = (await chat.facts()).filter(({ key }) => key === `${alice.id}:${day}`);
    expect(facts.length).toBeLessThanOrEqual(most);
    expect(facts.at(-1)?.payload).toMatchObject({ messagesSent: 15 });
    expect(facts.map(({ payload }) => payload.messagesSent)).toEqual(
      facts.map(({ payload }) => Number(payload.messagesSent)).toSorted((a, b) => a - b),
    );
  });

  it('of a conversation of 1,200 is counted once for each of them', async () => {
    const members = [alice.id, ...Array.from({ length: 1_199 }, () => randomUUID())];
    const channel = await storedConversation(chat, members, { type: 'CHANNEL' });
    await say(channel, [alice.id], 4);
    await eventually(
      async () => expect(await collections.usageDays(chat.db).countDocuments({ messages_received: 4 })).toBe(1_199),
      { withinMs: 30_000 },
    );
    expect(await collections.usageDays(chat.db).countDocuments()).toBe(1_200);
    expect(await collections.usageBatches(chat.db).countDocuments()).toBe(0);
  });

  it('is counted once for everybody though a process died half-way', async () => {
    const members = [alice.id, bob.id, carol.id].toSorted();
    const group = await storedConversation(chat, members);
    await collections.usageBatches(chat.db).insertOne({
      _id: randomUUID(),
      conversation_id: group,
      day,
      messages: [{ seq: 1, sender_id: alice.id, at }],
      // The first two have it counted, and who did that is not there any more.
      after: `${group}:${members[1]}`,
      claim: randomUUID(),
      due_at: new Date(Date.now() + 300),
    });
    await eventually(async () => expect(await collections.usageBatches(chat.db).countDocuments()).toBe(0));
    expect(await collections.usageDays(chat.db).distinct('user_id')).toEqual([members[2]]);
  });
});

it('counts nothing, and drops nothing, of what another process has claimed a part of meanwhile', async () => {
  const [first, second, last] = [
    await storedConversation(chat, [carol.id]),
    await storedConversation(chat, [alice.id, bob.id]),
    await storedConversation(chat, [alice.id]),
  ];
  const batch = (_id: string, conversation_id: string, due_at = new Date()) => {
    const messages = [{ seq: 1, sender_id: alice.id, at }];
    return { _id, conversation_id, day, messages, after: '', due_at };
  };
  const batches = collections.usageBatches(chat.db);
  // Carol's day is being written, so whoever counts the first conversation has to wait with the next ones.
  const session = chat.db.client.startSession();
  try {
    session.startTransaction();
    const carols = { _id: `${carol.id}:${day}` };
    const held = {
      messages_received: 0,
      conversation_ids: [],
      groups_joined: 0,
      told_at: null,
      updated_at: new Date(),
    };
    const set = { user_id: carol.id, day, messages_sent: 0, ...held, due_at: null };
    await collections.usageDays(chat.db).updateOne(carols, { $set: set }, { session, upsert: true });
    await batches.insertMany([batch('a', first), batch('b', second), batch('c', second), batch('d', last)]);
    await eventually(async () => expect(await batches.countDocuments({ claim: { $exists: true } })).toBe(4));
    await batches.updateOne({ _id: 'c' }, { $set: { claim: 'another', due_at: new Date(Date.now() + 60_000) } });
    await session.abortTransaction();
  } finally {
    await session.endSession();
  }
  await eventually(async () => expect(await batches.countDocuments({ _id: { $in: ['a', 'd'] } })).toBe(0));
  expect(await batches.distinct('_id')).toEqual(['b', 'c']);
  expect(await collections.usageDays(chat.db).distinct('user_id', { messages_received: { $gt: 0 } })).toEqual([
    carol.id,
  ]);
});

describe('the consumer of usage', () => {
  it('applies messages and joinings', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id]);
    await say(group, [alice.id], 1);
    await join(bob.id, { conversationId: group });
    await counted();
    expect(await told(alice.id)).toMatchObject({ messagesSent: 1, messagesReceived: 0, groupsJoined: 0 });
    expect(await told(bob.id)).toMatchObject({ messagesSent: 0, messagesReceived: 1, groupsJoined: 1 });
  });

  it('ignores a duplicate', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id]);
    const ids = await storedMessages(chat, group, { from: [alice.id], count: 1, at });
    const [message, member] = [randomUUID(), randomUUID()];
    for (let time = 0; time < 2; time += 1) {
      await tell(ids, { id: message });
      await join(bob.id, { conversationId: group, id: member });
      await counted();
    }
    expect(await told(alice.id)).toMatchObject({ messagesSent: 1 });
    expect(await told(bob.id)).toMatchObject({ messagesReceived: 1, groupsJoined: 1 });
  });

  it('ignores state that is published anew', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id]);
    await tell(await storedMessages(chat, group, { from: [alice.id], count: 1, at }), { snapshot: true });
    await counted();
    expect(await told(alice.id)).toBeUndefined();
  });

  it('counts messages in any order', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id]);
    const ids = await storedMessages(chat, group, { from: [alice.id, bob.id], count: 6, at });
    await tell(ids.toReversed());
    await counted();
    for (const { id } of [alice, bob]) expect(await told(id)).toMatchObject(await recount(id));
  });

  it('counts one who joins, leaves and joins again as often as they joined', async () => {
    const conversationId = randomUUID();
    await join(bob.id, { conversationId });
    await join(bob.id, { conversationId });
    await counted();
    expect(await told(bob.id)).toMatchObject({ groupsJoined: 2 });
  });
});

describe('two instances', () => {
  let second: RunningService;

  beforeAll(async () => {
    second = await secondInstance(chat, env);
  });
  afterAll(() => second?.stop());

  it('count each message once', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id, carol.id]);
    for (let round = 0; round < 6; round += 1) await say(group, [alice.id, bob.id], 5);
    await counted();
    for (const { id } of [alice, bob, carol]) expect(await told(id)).toMatchObject(await recount(id));
    expect(await told(carol.id)).toMatchObject({ messagesReceived: 30 });
  });
});
