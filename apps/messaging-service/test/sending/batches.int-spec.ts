import { inTransaction } from '@plaza/kafka';
import type { TestMongoDatabase } from '@plaza/testing';
import type { Sent } from '../../src/sending/send.js';
import { collections, memberId } from '../../src/storage/collections.js';
import { changeConversation } from '../../src/storage/publishing.js';
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

const [alice = '', bob = '', carol = ''] = ids(3);
const everyone = [alice, bob, carol];

let database: TestMongoDatabase;
let one: Process;
let other: Process;

beforeAll(async () => {
  database = await messagingDatabase();
  one = processOn(database.url);
  other = processOn(database.url);
});

afterAll(async () => {
  await Promise.all([one, other].map((each) => each?.end()));
  await database?.drop();
});

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

describe('messages that many send at once, in two processes', () => {
  const conversations: string[] = [];
  let sent: Sent[];

  beforeAll(async () => {
    for (const _ of upTo(3)) conversations.push(await begun(database.db, everyone));
    const each = async (n: number) => {
      const { sender } = n % 2 === 0 ? one : other;
      const mine: Sent[] = [];
      for (const index of upTo(6)) {
        const conversationId = conversations[(n + index) % 3] ?? '';
        mine.push(await sender.send(text(conversationId, everyone[n % 3] ?? '', { content: `${n}.${index}` })));
      }
      return mine;
    };
    sent = (await Promise.all(upTo(64).map(each))).flat();
  });

  it('are numbered 1, 2, 3 … in each conversation, as their senders were told', async () => {
    const stored = [];
    for (const conversationId of conversations) {
      const messages = await messagesIn(database.db, conversationId);
      expect(messages.map(({ seq }) => seq)).toEqual(upTo(128));
      stored.push(...messages.map(({ _id, seq, content }) => ({ _id, seq, content })));
    }
    const told = sent.map(({ message: { _id, seq, content } }) => ({ _id, seq, content }));
    expect(new Set(told.map((each) => JSON.stringify(each)))).toEqual(
      new Set(stored.map((each) => JSON.stringify(each))),
    );
  });

  it('are told once each, as a fact and as a frame, in their order', async () => {
    for (const conversationId of conversations) {
      const published = await publishedIn(database.db, conversationId);
      expect(published.map(({ type }) => type)).toEqual(upTo(128).flatMap(() => ['message.sent', 'frame.published']));
      const facts = published.filter(({ type }) => type === 'message.sent');
      expect(facts.map(({ payload }) => payload.seq)).toEqual(upTo(128));
      const frames = published.filter(({ type }) => type === 'frame.published');
      expect(frames.map(({ payload }) => payload.frame)).toMatchObject(upTo(128).map((seq) => ({ data: { seq } })));
      expect(new Set(published.map(({ clock }) => clock)).size).toBe(256);
    }
  });

  it('move their conversation to the newest of them', async () => {
    for (const conversationId of conversations) {
      const conversation = await collections.conversations(database.db).findOne({ _id: conversationId });
      const newest = (await messagesIn(database.db, conversationId)).at(-1);
      const published = await publishedIn(database.db, conversationId);
      expect(conversation).toMatchObject({
        last_seq: 128,
        last_message: { id: newest?._id, seq: 128, preview: newest?.content },
        last_activity_at: newest?.created_at,
        clock: published.at(-1)?.clock,
      });
    }
  });

  it('keep the order in which one process was given them', async () => {
    const conversationId = await begun(database.db, everyone);
    const all = await Promise.all(
      upTo(100).map((n) => one.sender.send(text(conversationId, alice, { content: `${n}` }))),
    );
    expect(all.map(({ message }) => message.seq)).toEqual(upTo(100));
  });
});

describe('a message that is sent again with its client id', () => {
  const client = { id: 'c0ffee00-0000-4000-8000-000000000001', hash: 'x', from: 'clientId' } as const;

  it('is one message, however often and wherever it is sent at the same time', async () => {
    const conversationId = await begun(database.db, everyone);
    const sends = upTo(12).map((n) => (n % 2 ? one : other).sender.send(text(conversationId, alice, { client })));
    const all = await Promise.all(sends);
    expect(all.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(new Set(all.map(({ message }) => message._id)).size).toBe(1);
    expect(await messagesIn(database.db, conversationId)).toMatchObject([{ client_id: client.id, seq: 1 }]);
    expect(await publishedIn(database.db, conversationId)).toHaveLength(2);
  });

  it('is that message also where it could not be sent any more, through whichever process', async () => {
    const request = { by: alice, state: 'PENDING' } as const;
    const conversationId = await begunDirect(database.db, [alice, bob], { request });
    const own = { ...client, id: 'c0ffee00-0000-4000-8000-000000000009' };
    const { message } = await one.sender.send(text(conversationId, alice, { client: own }));
    const second = other.sender.send(text(conversationId, alice, { client: own }));
    await expect(second).resolves.toMatchObject({ repeated: true, message: { _id: message._id } });
    const third = other.sender.send(text(conversationId, alice, { client: { ...own, id: `${message._id}` } }));
    await expect(third).rejects.toMatchObject({ code: 'REQUEST_PENDING' });
  });

  it('is refused with other words, alone', async () => {
    const conversationId = await begun(database.db, everyone);
    const own = { ...client, id: 'c0ffee00-0000-4000-8000-000000000002' };
    await one.sender.send(text(conversationId, alice, { client: own }));
    const companions = upTo(5).map(() => one.sender.send(text(conversationId, bob)));
    const changed = one.sender.send(text(conversationId, alice, { client: { ...own, hash: 'y' } }));
    await expect(changed).rejects.toMatchObject({ status: 409, code: 'CLIENT_ID_REUSED' });
    const keyed = one.sender.send(
      text(conversationId, alice, { client: { ...own, hash: 'y', from: 'Idempotency-Key' } }),
    );
    await expect(keyed).rejects.toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    expect((await Promise.all(companions)).map(({ message }) => message.seq)).toEqual([2, 3, 4, 5, 6]);
  });

  it('is one message also where it is sent to two conversations at once', async () => {
    const both = [await begun(database.db, everyone), await begun(database.db, everyone)];
    const own = { ...client, id: 'c0ffee00-0000-4000-8000-000000000003' };
    const sends = both.map((to, index) => text(to, alice, { client: { ...own, hash: `in ${index}` } }));
    const processes = [one, other];
    const outcomes = await Promise.allSettled(sends.map((send, index) => processes[index]?.sender.send(send)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'CLIENT_ID_REUSED' },
    });
    const stored = await Promise.all(both.map((to) => messagesIn(database.db, to)));
    expect(stored.flat()).toHaveLength(1);
  });

  it('is another one where another user sends it', async () => {
    const conversationId = await begun(database.db, everyone);
    const own = { ...client, id: 'c0ffee00-0000-4000-8000-000000000004' };
    const [first, second] = await Promise.all(
      [alice, bob].map((userId) => one.sender.send(text(conversationId, userId, { client: own }))),
    );
    expect([first?.repeated, second?.repeated]).toEqual([false, false]);
  });
});

describe('a batch', () => {
  it('loses nothing but what can’t be stored', async () => {
    const conversationId = await begun(database.db, everyone);
    const sends = upTo(6).map((n) => text(conversationId, alice, { content: n === 3 ? 'x'.repeat(20_000) : `${n}` }));
    const outcomes = await Promise.allSettled(sends.map((send) => one.sender.send(send)));
    expect(outcomes.map(({ status }) => status)).toEqual(upTo(6).map((n) => (n === 3 ? 'rejected' : 'fulfilled')));
    const stored = await messagesIn(database.db, conversationId);
    expect(stored.map(({ seq, content }) => [seq, content])).toEqual([
      [1, '1'],
      [2, '2'],
      [3, '4'],
      [4, '5'],
      [5, '6'],
    ]);
    expect(await publishedIn(database.db, conversationId)).toHaveLength(10);
  });

  it('has no message of who was removed while it was under way', async () => {
    const conversationId = await begun(database.db, everyone);
    const untilRefused = async () => {
      for (;;) await one.sender.send(text(conversationId, carol));
    };
    const sends = upTo(20).map(untilRefused);
    const answers = Promise.allSettled(sends);
    const leftClock = await inTransaction(other.db, async (session) => {
      const changed = await changeConversation(other.db, session, conversationId, { count: 1 });
      const left = { active: false, left_clock: changed?.conversation.clock ?? null };
      await collections
        .members(other.db)
        .updateOne({ _id: memberId(conversationId, carol) }, { $set: left }, { session });
      return left.left_clock;
    });
    for (const each of await answers) expect(each).toMatchObject({ reason: { code: 'CONVERSATION_NOT_FOUND' } });
    const published = await publishedIn(database.db, conversationId);
    expect(published.every(({ clock }) => clock < (leftClock ?? 0))).toBe(true);
  });

  it('waits for who writes the conversation in the same process, and others’ messages do not', async () => {
    const busy = await begun(database.db, everyone);
    const free = await begun(database.db, everyone);
    const { promise, resolve } = Promise.withResolvers<void>();
    const writer = one.lanes.run([busy], () => promise);
    const waiting = Promise.all(upTo(3).map(() => one.sender.send(text(busy, alice))));
    await one.sender.send(text(free, alice));
    expect(await messagesIn(database.db, busy)).toEqual([]);
    resolve();
    await writer;
    expect((await waiting).map(({ message }) => message.seq)).toEqual([1, 2, 3]);
  });
});

it('refuses a send that nobody waits for any more', async () => {
  const conversationId = await begun(database.db, everyone);
  const late = one.sender.send(text(conversationId, alice, { deadline: Date.now() - 1 }));
  await expect(late).rejects.toMatchObject({ status: 503, code: 'DEADLINE_EXCEEDED' });
  expect(await messagesIn(database.db, conversationId)).toEqual([]);
});

it('answers what was sent before it ends', async () => {
  const last = processOn(database.url);
  const conversationId = await begun(database.db, everyone);
  const sends = Promise.all(upTo(100).map(() => last.sender.send(text(conversationId, alice))));
  await last.sender.onApplicationShutdown();
  await last.end();
  expect((await sends).map(({ message }) => message.seq)).toEqual(upTo(100));
});
