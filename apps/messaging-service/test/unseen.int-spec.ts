import { randomUUID } from 'node:crypto';
import { fact, MessageSent } from '@plaza/contracts';
import type { RunningService } from '@plaza/service-kit';
import { eventually } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { messageState } from '../src/messages/message.facts.js';
import { collections } from '../src/storage/collections.js';
import type { ConversationDocument } from '../src/storage/documents.js';
import { alice, block, bob, carol, forgetRelations, messagingUnderTest, setAccount } from './messaging-under-test.js';
import { secondInstance } from './second-instance.js';
import { changeMember, storedConversation, storedMessages } from './stored.js';

let chat: ServiceUnderTest;
let version = 0;
const env = { PLAZA_UNSEEN_AFTER: '500ms' };

beforeAll(async () => {
  chat = await messagingUnderTest({}, env);
});
afterAll(() => chat?.stop());
beforeEach(async () => {
  await forgetRelations(chat);
  await collections.unseenChecks(chat.db).deleteMany({});
});

const hour = 3_600_000;

/** The fact of a stored message, as the service tells it. */
async function sent(id: string, changes: Partial<MessageSent> = {}): Promise<MessageSent> {
  const message = await collections.messages(chat.db).findOne({ _id: id });
  if (!message) throw new Error(`there is no message ${id}`);
  return fact(MessageSent, { ...messageState(message, 'GROUP'), ...changes });
}

/** A message of alice's in a conversation of these; the fact of it is told. */
async function say(
  others: string[],
  { conversation, sentAt = new Date() }: { conversation?: Partial<ConversationDocument>; sentAt?: Date } = {},
): Promise<{ conversationId: string; messageId: string }> {
  const conversationId = await storedConversation(chat, [alice.id, ...others], conversation);
  const [messageId = ''] = await storedMessages(chat, conversationId, { from: [alice.id], count: 1, at: sentAt });
  return { conversationId, messageId };
}

async function tell(messageId: string, changes: Partial<MessageSent> = {}): Promise<void> {
  await chat.publish(await sent(messageId, changes), { version: ++version });
}

async function told(messageId: string): Promise<Array<Record<string, unknown> & { recipientIds: string[] }>> {
  const facts = (await chat.facts()).filter(({ type }) => type === 'message.unseen');
  return facts
    .map(({ payload }) => payload as Record<string, unknown> & { recipientIds: string[] })
    .filter((payload) => payload.messageId === messageId);
}

/** Once the messages have been looked at again. */
async function looked(): Promise<void> {
  await chat.settle();
  await eventually(async () => {
    expect(await collections.unseenChecks(chat.db).countDocuments()).toBe(0);
  });
}

async function recipientsOf(messageId: string): Promise<string[]> {
  await looked();
  return (await told(messageId)).flatMap(({ recipientIds }) => recipientIds);
}

async function connect(userId: string): Promise<void> {
  const socket = { _id: randomUUID(), user_id: userId, gateway_id: randomUUID(), opened_at: new Date() };
  await collections.connections(chat.db).insertOne(socket);
}

describe('a message that waits for somebody', () => {
  it('is told, with what it takes to notify', async () => {
    const { conversationId, messageId } = await say([bob.id, carol.id]);
    await tell(messageId);
    await looked();
    const [one, ...more] = await told(messageId);
    expect(more).toEqual([]);
    expect(one).toMatchObject({
      messageId,
      conversationId,
      conversationType: 'GROUP',
      conversationName: 'Friends of Plaza',
      seq: 1,
      senderId: alice.id,
      type: 'TEXT',
      preview: 'Hello',
      mentionedUserIds: [],
    });
    expect(one?.recipientIds.toSorted()).toEqual([bob.id, carol.id].toSorted());
  });

  it('is not told before its time', async () => {
    const { messageId } = await say([bob.id], { sentAt: new Date(Date.now() + hour) });
    await tell(messageId);
    await chat.settle();
    expect(await collections.unseenChecks(chat.db).countDocuments({ _id: messageId })).toBe(1);
    expect(await told(messageId)).toEqual([]);
    await collections.unseenChecks(chat.db).updateOne({ _id: messageId }, { $set: { due_at: new Date() } });
    expect(await recipientsOf(messageId)).toEqual([bob.id]);
  });

  it('is not told those who have read it, have muted the conversation, have come since or have left', async () => {
    const [reader, muter, unmuted, newcomer, leaver] = Array.from({ length: 5 }, () => randomUUID());
    const { conversationId, messageId } = await say([reader, muter, unmuted, newcomer, leaver] as string[]);
    await changeMember(chat, conversationId, String(reader), { read_seq: 1 });
    await changeMember(chat, conversationId, String(muter), { muted_until: new Date(Date.now() + hour) });
    await changeMember(chat, conversationId, String(unmuted), { muted_until: new Date(Date.now() - hour) });
    await changeMember(chat, conversationId, String(newcomer), { joined_seq: 1 });
    await changeMember(chat, conversationId, String(leaver), { active: false });
    await tell(messageId);
    expect(await recipientsOf(messageId)).toEqual([unmuted]);
  });

  it('is told who is connected, but away; not who is there, or does not want to be disturbed', async () => {
    const [online, away, busy, invisible] = Array.from({ length: 4 }, () => randomUUID()) as [
      string,
      string,
      string,
      string,
    ];
    for (const id of [online, away, busy, invisible]) await connect(id);
    const chosen = { [away]: 'AWAY', [busy]: 'DO_NOT_DISTURB', [invisible]: 'OFFLINE' };
    for (const [as, status] of Object.entries(chosen)) {
      await chat.request('PUT', '/v1/presence', { as, body: { status } });
    }
    const { messageId } = await say([online, away, busy, invisible]);
    await tell(messageId);
    expect(await recipientsOf(messageId)).toEqual([away]);
  });

  it('is not told who has blocked, or was blocked by, the sender, nor whose account is not active', async () => {
    await setAccount(chat, carol.id, { accountStatus: 'DEACTIVATED' });
    const [blocker, blocked] = [randomUUID(), randomUUID()];
    await block(chat, blocker, alice.id);
    await block(chat, alice.id, blocked);
    const { messageId } = await say([bob.id, carol.id, blocker, blocked]);
    await tell(messageId);
    expect(await recipientsOf(messageId)).toEqual([bob.id]);
    await setAccount(chat, carol.id, { accountStatus: 'ACTIVE' });
  });

  it('is none where it says what has happened in a conversation', async () => {
    const { messageId } = await say([bob.id]);
    await tell(messageId, { type: 'SYSTEM' });
    expect(await recipientsOf(messageId)).toEqual([]);
  });

  it('is told nobody any more once it is deleted, or where the talk was declined', async () => {
    const { messageId } = await say([bob.id]);
    const deleted = { deleted_at: new Date(), content: null };
    await collections.messages(chat.db).updateOne({ _id: messageId }, { $set: deleted });
    await tell(messageId);
    const request = { by: alice.id, state: 'DECLINED' } as const;
    const declined = await say([bob.id], { conversation: { type: 'DIRECT', request } });
    await tell(declined.messageId);
    expect(await recipientsOf(messageId)).toEqual([]);
    expect(await told(declined.messageId)).toEqual([]);
  });

  it('is told 250 members with three facts, whose clocks are the conversation’s', async () => {
    const members = Array.from({ length: 250 }, () => randomUUID());
    const { conversationId, messageId } = await say(members);
    await tell(messageId);
    expect((await recipientsOf(messageId)).toSorted()).toEqual(members.toSorted());
    const facts = await told(messageId);
    expect(facts.map(({ recipientIds }) => recipientIds.length)).toEqual([100, 100, 50]);
    const rows = await chat.db
      .collection('outbox')
      .find({ key: conversationId }, { sort: { clock: 1 } })
      .toArray();
    const { clock } = (await collections.conversations(chat.db).findOne({ _id: conversationId })) ?? {};
    expect(rows.map((row) => row.clock)).toEqual([Number(clock) - 2, Number(clock) - 1, clock]);
  });
});

describe('the consumer of sent messages', () => {
  const checks = () => collections.unseenChecks(chat.db);
  const later = new Date(Date.now() + hour);

  it('applies a message', async () => {
    const { conversationId, messageId } = await say([bob.id], { sentAt: later });
    await tell(messageId);
    await chat.settle();
    const due_at = new Date(later.getTime() + 500);
    const check = { conversation_id: conversationId, seq: 1, sender_id: alice.id, due_at };
    expect(await checks().findOne({ _id: messageId })).toMatchObject(check);
  });

  it('ignores a duplicate, also after the message was told', async () => {
    const { messageId } = await say([bob.id]);
    const id = randomUUID();
    await chat.publish(await sent(messageId), { version: ++version, id });
    expect(await recipientsOf(messageId)).toEqual([bob.id]);
    await chat.publish(await sent(messageId), { version, id });
    expect(await recipientsOf(messageId)).toEqual([bob.id]);
  });

  it('ignores state that is published anew', async () => {
    const { messageId } = await say([bob.id], { sentAt: later });
    await chat.publish(await sent(messageId), { version: ++version, snapshot: true });
    await chat.settle();
    expect(await checks().countDocuments({ _id: messageId })).toBe(0);
  });

  it('takes messages in any order', async () => {
    const conversationId = await storedConversation(chat, [alice.id, bob.id]);
    const ids = await storedMessages(chat, conversationId, { from: [alice.id], count: 3, at: new Date() });
    for (const id of ids.toReversed()) await tell(id);
    await looked();
    for (const id of ids) expect(await told(id)).toHaveLength(1);
  });

  it('leaves out a message that is read before its fact comes', async () => {
    const { conversationId, messageId } = await say([bob.id]);
    await chat.request('PUT', `/v1/conversations/${conversationId}/read`, { as: bob.id, body: { seq: 1 } });
    await tell(messageId);
    expect(await recipientsOf(messageId)).toEqual([]);
  });
});

describe('two instances', () => {
  let second: RunningService;

  beforeAll(async () => {
    second = await secondInstance(chat, env);
  });
  afterAll(() => second?.stop());

  it('tell each message once', async () => {
    const conversationId = await storedConversation(chat, [alice.id, bob.id]);
    const ids = await storedMessages(chat, conversationId, { from: [alice.id], count: 60, at: new Date() });
    for (const id of ids) await tell(id);
    await looked();
    const facts = (await chat.facts()).filter(({ type, key }) => type === 'message.unseen' && key === conversationId);
    expect(facts.map(({ payload }) => payload.messageId).toSorted()).toEqual(ids.toSorted());
  });

  it('tell once what another one has claimed and not done, because it died', async () => {
    const { conversationId, messageId } = await say([bob.id]);
    await collections.unseenChecks(chat.db).insertOne({
      _id: messageId,
      conversation_id: conversationId,
      seq: 1,
      sender_id: alice.id,
      // Its claim is over soon.
      due_at: new Date(Date.now() + 500),
      claim: randomUUID(),
    });
    expect(await recipientsOf(messageId)).toEqual([bob.id]);
    expect(await told(messageId)).toHaveLength(1);
  });
});
