import { factId, MongoOutbox } from '@plaza/kafka';
import { migrateMongoDatabase } from '@plaza/service-kit';
import { createMongoDatabase, type TestMongoDatabase } from '@plaza/testing';
import { type Db, MongoClient } from 'mongodb';
import { messagingService } from '../../src/index.js';
import { MessageSender } from '../../src/sending/message-sender.js';
import type { Send } from '../../src/sending/send.js';
import { collections } from '../../src/storage/collections.js';
import type { ConversationDocument, MessageDocument } from '../../src/storage/documents.js';
import { Lanes } from '../../src/storage/lanes.js';
import { storedConversation } from '../stored.js';

/** A process's worth of sending: its own client, its own lanes. */
export interface Process {
  sender: MessageSender;
  lanes: Lanes;
  outbox: MongoOutbox;
  db: Db;
  end(): Promise<void>;
}

/** messaging-service's database without the service. */
export async function messagingDatabase(): Promise<TestMongoDatabase> {
  const database = await createMongoDatabase();
  if (!messagingService.mongo) throw new Error('messaging-service keeps its data in MongoDB');
  await migrateMongoDatabase({ url: database.url, definition: messagingService.mongo });
  return database;
}

export function processOn(url: string): Process {
  const client = new MongoClient(url, { ignoreUndefined: true, timeoutMS: 2_000, serverSelectionTimeoutMS: 1_000 });
  const db = client.db();
  const outbox = new MongoOutbox(db, () => undefined);
  const lanes = new Lanes();
  return { db, outbox, lanes, sender: new MessageSender(db, outbox, lanes), end: () => client.close() };
}

export function ids(count: number): string[] {
  return Array.from({ length: count }, () => factId());
}

/** A conversation with these members, as if it had been begun; the first one owns a group. */
export function begun(db: Db, people: string[], changes: Partial<ConversationDocument> = {}): Promise<string> {
  return storedConversation({ db }, people, changes);
}

/** The same for a direct one. */
export function begunDirect(db: Db, pair: [string, string], changes: Partial<ConversationDocument> = {}) {
  return begun(db, pair, { type: 'DIRECT', ...changes });
}

export function text(conversationId: string, senderId: string, changes: Partial<Send> = {}): Send {
  const said = { type: 'TEXT', content: 'hello', mentionedUserIds: [], metadata: null } as const;
  const id = factId();
  return {
    id,
    conversationId,
    senderId,
    ...said,
    mentionedUserIds: [],
    deadline: Number.POSITIVE_INFINITY,
    ...changes,
  };
}

export function messagesIn(db: Db, conversationId: string): Promise<MessageDocument[]> {
  return collections
    .messages(db)
    .find({ conversation_id: conversationId }, { sort: { seq: 1 } })
    .toArray();
}

export interface OutboxRow {
  type: string;
  clock: number;
  payload: Record<string, unknown>;
}

/** What a conversation has published, by its clock. */
export async function publishedIn(db: Db, conversationId: string): Promise<OutboxRow[]> {
  const rows = await db
    .collection('outbox')
    .find({ key: conversationId }, { sort: { clock: 1 } })
    .toArray();
  return rows.map(({ type, clock, payload }) => ({ type, clock, payload: JSON.parse(payload) }));
}
