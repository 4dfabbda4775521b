import { createMongoDatabase, type TestMongoDatabase } from '@plaza/testing';
import { type Document, MongoClient } from 'mongodb';
import { messageDocument } from '../src/messages/new-message.js';
import { createConversations } from '../src/migrations/20261125T1200-create-conversations.js';
import { createMessages } from '../src/migrations/20261125T1210-create-messages.js';
import { countUnreadIn, type UnreadRange, unreadRange, unreadStages } from '../src/receipts/unread.js';
import { countUnread } from '../src/receipts/unread-of-many.js';
import { collections } from '../src/storage/collections.js';
import type { HiddenMessageDocument, MessageDocument } from '../src/storage/documents.js';

const me = '01930000-0000-7000-8000-00000000000a';
const senders = [me, '01930000-0000-7000-8000-00000000000b', '01930000-0000-7000-8000-00000000000c'];
const now = new Date('2026-11-25T12:00:00Z');

let database: TestMongoDatabase;

beforeAll(async () => {
  database = await createMongoDatabase();
  await createConversations.up(database.db);
  await createMessages.up(database.db);
});

afterAll(() => database?.drop());

function message(conversation: number, seq: number): MessageDocument {
  const senderId = senders[(seq * 7 + conversation) % senders.length] ?? me;
  const place = { id: `m${conversation}-${seq}`, conversationId: `c${conversation}` };
  const draft = { ...place, senderId, type: 'TEXT', content: 'hello', metadata: null } as const;
  const deleted = seq % 5 === 0 && { deleted_at: now, deleted_by: senderId };
  return { ...messageDocument(draft, { seq, createdAt: now }), ...deleted };
}

function hide({ _id, conversation_id, seq, sender_id, deleted_at }: MessageDocument): HiddenMessageDocument {
  const counts = sender_id !== me && !deleted_at;
  return { _id: `${me}:${_id}`, user_id: me, conversation_id, message_id: _id, seq, counts };
}

describe('unread messages', () => {
  let messages: MessageDocument[];
  let hidden: Set<string>;
  let ranges: UnreadRange[];

  beforeAll(async () => {
    messages = Array.from({ length: 30 }, (_, c) => Array.from({ length: 60 }, (__, s) => message(c, s + 1))).flat();
    const toHide = messages.filter(({ seq }) => seq % 7 === 0);
    hidden = new Set(toHide.map(({ _id }) => _id));
    await collections.messages(database.db).insertMany(messages);
    await collections.hidden(database.db).insertMany(toHide.map(hide));
    // Messages that come after the last seq was read are not among those that are counted.
    ranges = Array.from({ length: 30 }, (_, c) => ({
      conversationId: `c${c}`,
      afterSeq: c * 2,
      lastSeq: 60 - (c % 4),
    }));
  });

  function recount({ conversationId, afterSeq, lastSeq }: UnreadRange): number {
    return messages.filter(
      (it) =>
        it.conversation_id === conversationId &&
        it.seq > afterSeq &&
        it.seq <= lastSeq &&
        it.sender_id !== me &&
        !it.deleted_at &&
        !hidden.has(it._id),
    ).length;
  }

  it('are those after the watermark that are neither own nor deleted nor hidden', async () => {
    const counts = await countUnread(database.db, me, ranges);
    expect(Object.fromEntries(counts)).toEqual(
      Object.fromEntries(ranges.map((it) => [it.conversationId, recount(it)])),
    );
  });

  it('of one conversation are the same', async () => {
    const range = { conversationId: 'c3', afterSeq: 10, lastSeq: 55 };
    await database.db
      .collection<{ _id: string }>('conversations')
      .insertOne({ _id: 'c3' }, { bypassDocumentValidation: true });
    expect(await countUnreadIn(database.db, me, range)).toBe(recount(range));
  });

  it('are none where all was read, and nobody is asked', async () => {
    const range = { conversationId: 'c3', afterSeq: 60, lastSeq: 60 };
    expect(unreadStages(me, [range])).toEqual([]);
    expect(await countUnreadIn(database.db, me, range)).toBe(0);
  });

  /** The explained plans of what is asked, of which each is to be a `find`. */
  async function plansOf(ask: (client: MongoClient) => Promise<unknown>): Promise<Document[]> {
    const client = new MongoClient(database.url, { monitorCommands: true });
    const asked: Document[] = [];
    client.on('commandStarted', ({ command }) => void asked.push(command));
    try {
      await ask(client);
    } finally {
      await client.close();
    }
    const finds = asked.filter(({ find }) => find);
    expect(asked).toEqual([...finds, expect.objectContaining({ endSessions: expect.anything() })]);
    return Promise.all(
      finds.map(({ find, filter, projection, hint }) =>
        database.db.command({ explain: { find, filter, projection, hint }, verbosity: 'executionStats' }),
      ),
    );
  }

  it('of very many conversations are found by three looks into indexes, which read no message', async () => {
    const quiet = Array.from({ length: 1_000 }, (_, c) => ({
      conversationId: `q${c}`,
      afterSeq: c * 7,
      lastSeq: 9_000,
    }));
    const plans = await plansOf((client) => countUnread(client.db(), me, [...ranges, ...quiet]));
    expect(plans.map(({ executionStats }) => executionStats.totalDocsExamined)).toEqual([0, 0, 0]);
    expect(plans.every(({ executionStats }) => executionStats.totalKeysExamined < 4_000)).toBe(true);
  });

  it('begin after the watermark or the return, whichever is later', () => {
    const member = { conversation_id: 'c1', read_seq: 4, joined_seq: 9 };
    expect(unreadRange(member, { last_seq: 12 })).toEqual({ conversationId: 'c1', afterSeq: 9, lastSeq: 12 });
  });

  it('are counted without reading a message', async () => {
    const stages = [{ $match: { _id: { $in: [] } } }, ...unreadStages(me, ranges)];
    const explained = JSON.stringify(await collections.hidden(database.db).aggregate(stages).explain('executionStats'));
    const read = [...explained.matchAll(/"totalDocsExamined":(\d+)/g)].map(([, count]) => Number(count));
    expect(read.length).toBeGreaterThan(ranges.length);
    expect(Math.max(...read)).toBe(0);
  });
});
