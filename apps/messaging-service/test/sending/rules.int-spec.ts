import type { TestMongoDatabase } from '@plaza/testing';
import type { Send } from '../../src/sending/send.js';
import { collections, memberId } from '../../src/storage/collections.js';
import type { ConversationDocument, MemberDocument, MessageDocument } from '../../src/storage/documents.js';
import {
  begun,
  begunDirect,
  ids,
  messagesIn,
  messagingDatabase,
  type Process,
  processOn,
  publishedIn,
  text,
} from './bed.js';

let database: TestMongoDatabase;
let here: Process;
let [alice, bob, carol] = ['', '', ''];

beforeAll(async () => {
  database = await messagingDatabase();
  here = processOn(database.url);
});

afterAll(async () => {
  await here?.end();
  await database?.drop();
});

beforeEach(() => {
  [alice = '', bob = '', carol = ''] = ids(3);
});

function say(conversationId: string, senderId: string, changes: Partial<Send> = {}): Promise<MessageDocument> {
  return here.sender.send(text(conversationId, senderId, changes)).then(({ message }) => message);
}

function answer(conversationId: string, senderId: string, changes: Partial<Send> = {}): Promise<string> {
  const code = (error: { code?: string }) => error.code ?? String(error);
  return say(conversationId, senderId, changes).then(() => 'sent', code);
}

function setMember(conversationId: string, userId: string, changes: Partial<MemberDocument>) {
  return collections.members(database.db).updateOne({ _id: memberId(conversationId, userId) }, { $set: changes });
}

function setConversation(id: string, changes: Partial<ConversationDocument>) {
  return collections.conversations(database.db).updateOne({ _id: id }, { $set: changes });
}

async function known(id: string, changes: { account_status?: string } = {}): Promise<void> {
  const names = { username: `user_${id}`, display_name: 'Somebody', avatar_url: null, verified: true };
  const level = { privacy_level: 'PUBLIC', account_status: 'ACTIVE', audience: {}, version: 1, deleted: false };
  const now = new Date();
  const times = { last_synced: now, created_at: now, updated_at: now };
  const user = { _id: id, ...names, ...level, ...times, ...changes };
  await database.db.collection<{ _id: string }>('user_cache').insertOne(user);
}

async function gone(id: string): Promise<void> {
  await known(id);
  const nothing = { username: null, display_name: null, avatar_url: null, audience: null, privacy_level: null };
  await database.db
    .collection<{ _id: string }>('user_cache')
    .updateOne({ _id: id }, { $set: { ...nothing, account_status: null, deleted: true } });
}

async function block(blocker: string, blocked: string): Promise<void> {
  const ends = { blocker_id: blocker, blocked_id: blocked };
  await collections.blocks(database.db).insertOne({ _id: `${blocker}:${blocked}`, ...ends, active: true, version: 1 });
}

describe('who may send', () => {
  it('is a member, and no stranger, nor one who has left', async () => {
    const id = await begun(database.db, [alice, bob]);
    await setMember(id, bob, { active: false });
    const answers = [answer(id, alice), answer(id, bob), answer(id, carol), answer(carol, alice)];
    expect(await Promise.all(answers)).toEqual([
      'sent',
      'CONVERSATION_NOT_FOUND',
      'CONVERSATION_NOT_FOUND',
      'CONVERSATION_NOT_FOUND',
    ]);
  });

  it('is an admin in a channel', async () => {
    const settings = { send: 'ADMIN', invite: 'ADMIN', pin: 'ADMIN' } as const;
    const id = await begun(database.db, [alice, bob, carol], { type: 'CHANNEL', settings });
    await setMember(id, bob, { role: 'ADMIN' });
    const answers = [answer(id, alice), answer(id, bob), answer(id, carol)];
    expect(await Promise.all(answers)).toEqual(['sent', 'sent', 'SEND_NOT_ALLOWED']);
  });

  it('may be let to send words and no pictures', async () => {
    const id = await begun(database.db, [alice, bob]);
    await setMember(id, bob, { permissions: { media: false } });
    const picture = { type: 'IMAGE', content: null, metadata: { url: 'https://example.org/a.png' } } as const;
    const answers = [answer(id, bob), answer(id, bob, picture), answer(id, alice, picture)];
    expect(await Promise.all(answers)).toEqual(['sent', 'SEND_NOT_ALLOWED', 'sent']);
  });

  it('has an active account, or one of which nothing is known yet', async () => {
    const id = await begun(database.db, [alice, bob, carol]);
    await known(alice);
    await known(bob, { account_status: 'SUSPENDED' });
    const answers = [answer(id, alice), answer(id, bob), answer(id, carol)];
    expect(await Promise.all(answers)).toEqual(['sent', 'ACCOUNT_NOT_ACTIVE', 'sent']);
  });
});

describe('two people', () => {
  it.each([
    ['the one', () => block(alice, bob)],
    ['the other', () => block(bob, alice)],
  ])('do not talk once %s has blocked the other', async (_, blocking) => {
    const id = await begunDirect(database.db, [alice, bob]);
    expect(await answer(id, alice)).toBe('sent');
    await blocking();
    const answers = [answer(id, alice), answer(id, bob)];
    expect(await Promise.all(answers)).toEqual(['MESSAGE_NOT_ALLOWED', 'MESSAGE_NOT_ALLOWED']);
  });

  it('talk in a group also where one has blocked the other', async () => {
    const id = await begun(database.db, [alice, bob]);
    await block(alice, bob);
    expect(await answer(id, bob)).toBe('sent');
  });

  it('talk again when a block has ended', async () => {
    const id = await begunDirect(database.db, [alice, bob]);
    await block(alice, bob);
    await collections.blocks(database.db).updateOne({ _id: `${alice}:${bob}` }, { $set: { active: false } });
    expect(await answer(id, bob)).toBe('sent');
  });

  it.each([
    ['is gone', () => gone(bob)],
    ['is to go', () => known(bob, { account_status: 'DELETED' })],
  ])('do not talk when the account of one %s', async (_, leave) => {
    const id = await begunDirect(database.db, [alice, bob]);
    await leave();
    expect(await answer(id, alice)).toBe('MESSAGE_NOT_ALLOWED');
    expect(await answer(id, bob)).toBe('ACCOUNT_NOT_ACTIVE');
  });
});

describe('a request to talk', () => {
  it('is one message, until it is answered', async () => {
    const id = await begunDirect(database.db, [alice, bob], { request: { by: alice, state: 'PENDING' } });
    // Also where they come at once.
    const answers = [answer(id, alice), answer(id, alice), answer(id, alice)];
    expect(await Promise.all(answers)).toEqual(['sent', 'REQUEST_PENDING', 'REQUEST_PENDING']);
    expect(await messagesIn(database.db, id)).toHaveLength(1);
  });

  it('is accepted by who answers it with a message, of which both are told', async () => {
    const id = await begunDirect(database.db, [alice, bob], { request: { by: alice, state: 'PENDING' } });
    await say(id, alice);
    const answers = [answer(id, bob), answer(id, bob), answer(id, alice)];
    expect(await Promise.all(answers)).toEqual(['sent', 'sent', 'sent']);
    const conversation = await collections.conversations(database.db).findOne({ _id: id });
    expect(conversation).toMatchObject({ request: { by: alice, state: 'ACCEPTED' }, last_seq: 4 });
    const due = { conversation_id: id, receipts_due: true };
    expect(await collections.members(database.db).countDocuments(due)).toBe(2);
    const frames = (await publishedIn(database.db, id)).flatMap(({ payload }) =>
      payload.frame ? [payload.frame] : [],
    );
    expect(frames).toMatchObject([
      { type: 'message.sent', data: { seq: 1 } },
      { type: 'conversation.updated', data: { id, request: { by: alice, state: 'ACCEPTED' } } },
      { type: 'message.sent', data: { seq: 2 } },
      { type: 'message.sent', data: { seq: 3 } },
      { type: 'message.sent', data: { seq: 4 } },
    ]);
  });

  it.each([
    ['declined', (id: string) => setConversation(id, { request: { by: alice, state: 'DECLINED' } })],
    ['answered by a block', () => block(bob, alice)],
  ])('that was %s looks to who asked as one that waits', async (_, answering) => {
    const id = await begunDirect(database.db, [alice, bob], { request: { by: alice, state: 'PENDING' } });
    await say(id, alice);
    await answering(id);
    expect(await answer(id, alice)).toBe('REQUEST_PENDING');
  });

  it('that was declined lets the one who asked say nothing, and the other one answer', async () => {
    const id = await begunDirect(database.db, [alice, bob], { request: { by: alice, state: 'DECLINED' } });
    expect(await answer(id, alice)).toBe('MESSAGE_NOT_ALLOWED');
    expect(await answer(id, bob)).toBe('sent');
    expect(await answer(id, alice)).toBe('sent');
  });
});

describe('an answer', () => {
  it('names what it answers, and belongs to its thread', async () => {
    const id = await begun(database.db, [alice, bob]);
    const root = await say(id, alice);
    const first = await say(id, bob, { replyToId: root._id });
    const second = await say(id, alice, { replyToId: first._id });
    expect(root).toMatchObject({ reply_to: null, thread_id: null });
    expect(first).toMatchObject({ reply_to: { id: root._id, seq: 1, sender_id: alice }, thread_id: root._id });
    expect(second).toMatchObject({ reply_to: { id: first._id, seq: 2, sender_id: bob }, thread_id: root._id });
  });

  it('answers nothing that its sender does not see', async () => {
    const id = await begun(database.db, [alice, bob]);
    const elsewhere = await say(await begun(database.db, [alice, bob]), alice);
    const before = await say(id, alice);
    await setMember(id, bob, { joined_seq: before.seq });
    const hidden = await say(id, alice);
    const ends = { user_id: bob, conversation_id: id, message_id: hidden._id };
    await collections
      .hidden(database.db)
      .insertOne({ _id: `${bob}:${hidden._id}`, ...ends, seq: hidden.seq, counts: true });
    const [none = ''] = ids(1);
    const answers = [none, elsewhere._id, before._id, hidden._id].map((replyToId) => answer(id, bob, { replyToId }));
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 4 }, () => 'REPLY_TO_UNKNOWN'));
    expect(await answer(id, alice, { replyToId: hidden._id })).toBe('sent');
  });
});

it('mentions members and nobody else', async () => {
  const id = await begun(database.db, [alice, bob]);
  const message = await say(id, alice, { mentionedUserIds: [carol, bob] });
  expect(message.mentions).toEqual([bob]);
});

it('tells who has sent it, as far as that is known', async () => {
  const id = await begun(database.db, [alice, bob]);
  await known(alice);
  await Promise.all([say(id, alice), say(id, bob)]);
  const frames = (await publishedIn(database.db, id)).flatMap(({ payload }) => (payload.frame ? [payload.frame] : []));
  expect(frames).toMatchObject([
    { data: { sender: { id: alice, username: `user_${alice}`, displayName: 'Somebody', verified: true } } },
    { data: { sender: { id: bob, username: null, displayName: null, verified: false } } },
  ]);
});

it('leaves a conversation archived, and moves it on', async () => {
  const id = await begun(database.db, [alice, bob]);
  await setMember(id, bob, { archived: true });
  await setConversation(id, { last_activity_at: new Date(0) });
  const message = await say(id, alice);
  const member = await collections.members(database.db).findOne({ _id: memberId(id, bob) });
  expect(member?.archived).toBe(true);
  const conversation = await collections.conversations(database.db).findOne({ _id: id });
  expect(conversation?.last_activity_at).toEqual(message.created_at);
});
