import { randomUUID } from 'node:crypto';
import { eventually } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { collections } from '../src/storage/collections.js';
import {
  alice,
  block,
  bob,
  carol,
  forgetRelations,
  frames,
  messagingUnderTest,
  setAccount,
} from './messaging-under-test.js';
import { changeMember, memberOf, storedConversation, storedMessages } from './stored.js';

let chat: ServiceUnderTest;

beforeAll(async () => {
  chat = await messagingUnderTest();
});
afterAll(() => chat?.stop());
beforeEach(async () => {
  await allTold();
  await chat.db.collection('outbox').deleteMany({});
});

interface Marks {
  readSeq: number;
  deliveredSeq: number;
  unreadCount: number;
}

function mark(kind: 'read' | 'delivered', conversation: string, as: string, upTo: object) {
  return chat.request<Marks & { code: string }>('PUT', `/v1/conversations/${conversation}/${kind}`, { as, body: upTo });
}

async function receiptsMoved(conversationId: string) {
  return (await chat.facts()).filter(({ type, key }) => type === 'receipts.moved' && key === conversationId);
}

async function toldReceipts(conversationId: string) {
  return (await receiptsMoved(conversationId)).map(
    ({ payload }) => payload.watermarks as Array<{ userId: string; deliveredSeq: number; readSeq: number }>,
  );
}

/** Once nobody is left of whom the others have not been told. */
async function allTold(): Promise<void> {
  await eventually(async () => {
    expect(await collections.members(chat.db).countDocuments({ receipts_due: true })).toBe(0);
  });
}

describe('reading', () => {
  it('moves the watermarks to a message, and tells one’s own devices what is still unread', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id]);
    const messages = await storedMessages(chat, group, { from: [bob.id, alice.id], count: 9 });
    const { status, body } = await mark('read', group, alice.id, { messageId: messages[3] });
    expect(status).toBe(200);
    // Of the last five, bob wrote the 5th, 7th and 9th.
    expect(body).toEqual({ readSeq: 4, deliveredSeq: 4, unreadCount: 3 });
    expect(await frames(chat, 'conversation.read')).toMatchObject([
      {
        audience: 'USER',
        audienceId: alice.id,
        momentary: false,
        frame: { data: { conversationId: group, readSeq: 4, unreadCount: 3 } },
      },
    ]);
  });

  it('goes to the last message and no further', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id]);
    await storedMessages(chat, group, { from: [bob.id], count: 3 });
    expect((await mark('read', group, alice.id, { seq: 1_000 })).body).toEqual({
      readSeq: 3,
      deliveredSeq: 3,
      unreadCount: 0,
    });
  });

  it('never goes back, and what has been read already is told nobody', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id]);
    await storedMessages(chat, group, { from: [bob.id], count: 5 });
    await mark('read', group, alice.id, { seq: 4 });
    expect((await mark('read', group, alice.id, { seq: 2 })).body).toMatchObject({ readSeq: 4, unreadCount: 1 });
    expect(await frames(chat, 'conversation.read')).toHaveLength(1);
  });

  it('ends at the highest, however many devices read at once in any order', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id]);
    await storedMessages(chat, group, { from: [bob.id], count: 30 });
    const seqs = Array.from({ length: 20 }, (_, index) => ((index * 7) % 20) + 1);
    const answers = await Promise.all(seqs.map((seq) => mark('read', group, alice.id, { seq })));
    for (const [index, { status, body }] of answers.entries()) {
      expect(status).toBe(200);
      expect(body.readSeq).toBeGreaterThanOrEqual(seqs[index] ?? 0);
      expect(body.unreadCount).toBe(30 - body.readSeq);
    }
    expect(await memberOf(chat, group, alice.id)).toMatchObject({ read_seq: 20, delivered_seq: 20 });
    const told = (await frames(chat, 'conversation.read')).map(({ frame }) => Number(frame.data.readSeq));
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(20);
  });

  it('refuses a message that is elsewhere, or was before one came', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id]);
    const [first] = await storedMessages(chat, group, { from: [bob.id], count: 2 });
    const other = await storedConversation(chat, [alice.id, bob.id]);
    const [elsewhere] = await storedMessages(chat, other, { from: [bob.id], count: 1 });
    await changeMember(chat, group, alice.id, { joined_seq: 1 });
    for (const messageId of [first, elsewhere, randomUUID()]) {
      expect(await mark('read', group, alice.id, { messageId })).toMatchObject({
        status: 404,
        body: { code: 'MESSAGE_NOT_FOUND' },
      });
    }
  });

  it.each([
    {},
    { messageId: { $gt: '' } },
    { seq: { $gt: 0 } },
    { seq: '5' },
    { seq: -1 },
    { messageId: null },
    { seq: 1, x: 1 },
  ])('refuses %p', async (body) => {
    const group = await storedConversation(chat, [alice.id]);
    for (const kind of ['read', 'delivered'] as const) {
      expect(await mark(kind, group, alice.id, body)).toMatchObject({ status: 422, body: { code: 'BODY_INVALID' } });
    }
  });
});

describe('receiving', () => {
  it('moves what was delivered alone', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id]);
    await storedMessages(chat, group, { from: [bob.id], count: 5 });
    expect((await mark('delivered', group, alice.id, { seq: 3 })).body).toEqual({ readSeq: 0, deliveredSeq: 3 });
    await allTold();
    expect(await toldReceipts(group)).toEqual([[{ userId: alice.id, deliveredSeq: 3, readSeq: 0 }]]);
    expect((await frames(chat)).map(({ frame }) => frame.type)).toEqual(['message.delivered']);
  });
});

it('keeps what was delivered as far as it ever was, whatever comes when', async () => {
  const group = await storedConversation(chat, [alice.id, bob.id]);
  await storedMessages(chat, group, { from: [bob.id], count: 12 });
  const seqs = [9, 3, 12, 1, 7, 12, 5, 2];
  const answers = await Promise.all(seqs.map((seq) => mark('delivered', group, alice.id, { seq })));
  answers.forEach(({ body }, index) => void expect(body.deliveredSeq).toBeGreaterThanOrEqual(seqs[index] ?? 0));
  expect(await memberOf(chat, group, alice.id)).toMatchObject({ read_seq: 0, delivered_seq: 12 });
});

describe('the others', () => {
  it('are told of what was read, with a fact and a frame of the conversation', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id, carol.id]);
    await storedMessages(chat, group, { from: [bob.id], count: 5 });
    await mark('read', group, alice.id, { seq: 5 });
    await allTold();
    const watermarks = [{ userId: alice.id, deliveredSeq: 5, readSeq: 5 }];
    expect(await toldReceipts(group)).toEqual([watermarks]);
    expect(await frames(chat, 'message.read')).toMatchObject([
      { audience: 'CONVERSATION', audienceId: group, frame: { data: { conversationId: group, watermarks } } },
    ]);
  });

  it('are told of many reads of one second together, and of the last ones in the end', async () => {
    const ids = [alice.id, bob.id, ...Array.from({ length: 18 }, () => randomUUID())];
    const group = await storedConversation(chat, ids);
    await storedMessages(chat, group, { from: [randomUUID()], count: 5 });
    await mark('read', group, alice.id, { seq: 1 });
    await allTold();
    for (const seq of [2, 3, 4, 5]) await Promise.all(ids.map((as) => mark('read', group, as, { seq })));
    await allTold();
    const times = (await receiptsMoved(group)).map(({ payload }) => Date.parse(String(payload.movedAt)));
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(pauses.length).toBeGreaterThan(0);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_000);
    const facts = await toldReceipts(group);
    const last = new Map(facts.flat().map(({ userId, readSeq }) => [userId, readSeq]));
    expect([...last.values()]).toEqual(ids.map(() => 5));
  });

  it('are told nothing in a conversation of more than 100, but one’s own devices are', async () => {
    const ids = [alice.id, bob.id, ...Array.from({ length: 99 }, () => randomUUID())];
    const group = await storedConversation(chat, ids);
    await storedMessages(chat, group, { from: [bob.id], count: 5 });
    expect((await mark('delivered', group, alice.id, { seq: 2 })).body).toMatchObject({ deliveredSeq: 0 });
    expect((await mark('read', group, alice.id, { seq: 5 })).body).toMatchObject({ readSeq: 5, deliveredSeq: 5 });
    await allTold();
    expect((await chat.facts()).map(({ payload }) => (payload.frame as { type: string }).type)).toEqual([
      'conversation.read',
    ]);
  });

  it('see of somebody who does not show it what was delivered, and never what was read', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id, carol.id]);
    await storedMessages(chat, group, { from: [bob.id], count: 5 });
    await setAccount(chat, alice.id, { audience: { readReceipts: false } });
    await mark('read', group, alice.id, { seq: 3 });
    await allTold();
    expect(await toldReceipts(group)).toEqual([[{ userId: alice.id, deliveredSeq: 3, readSeq: 0 }]]);
    await setAccount(chat, alice.id, { audience: { readReceipts: true } });
    await mark('read', group, alice.id, { seq: 4 });
    await allTold();
    await setAccount(chat, alice.id, { audience: { readReceipts: false } });
    await mark('read', group, alice.id, { seq: 5 });
    await allTold();
    await setAccount(chat, alice.id, { audience: { readReceipts: true } });
    // The same as before, for what has been told can't be taken back.
    expect((await toldReceipts(group)).at(-1)).toEqual([{ userId: alice.id, deliveredSeq: 5, readSeq: 4 }]);
  });

  it('learn between two nothing of reads where one of both does not show them, has blocked, or has not agreed yet', async () => {
    const talk = await storedConversation(chat, [alice.id, bob.id], { type: 'DIRECT' });
    await storedMessages(chat, talk, { from: [bob.id], count: 9 });
    await setAccount(chat, bob.id, { audience: { readReceipts: false } });
    await mark('read', talk, alice.id, { seq: 1 });
    await allTold();
    await setAccount(chat, bob.id, { audience: { readReceipts: true } });
    await block(chat, bob.id, alice.id);
    await mark('read', talk, alice.id, { seq: 2 });
    await allTold();
    await forgetRelations(chat);
    expect((await toldReceipts(talk)).flat().every(({ readSeq }) => readSeq === 0)).toBe(true);
    await collections
      .conversations(chat.db)
      .updateOne({ _id: talk }, { $set: { request: { by: bob.id, state: 'PENDING' } } });
    const before = (await toldReceipts(talk)).length;
    await mark('read', talk, alice.id, { seq: 3 });
    await allTold();
    expect(await toldReceipts(talk)).toHaveLength(before);
  });
});
