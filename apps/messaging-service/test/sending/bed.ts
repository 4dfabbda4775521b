import { factId, MongoOutbox } from '@plaza/kafka';
import { migrateMongoDatabase } from '@plaza/service-kit';
import { createMongoDatabase, type TestMongoDatabase } from '@plaza/testing';
import { type Db, MongoClient } from 'mongodb';
import { messagingService } from '../../src/index.js';
import { MessageSender } from '../../src/sending/message-sender.js';
import type { Send } from '../../src/sending/send.js';
import { collections, memberId, pairKey } from '../../src/storage/collections.js';
import type { ConversationDocument, MemberDocument, MessageDocument } from '../../src/storage/documents.js';
import { Lanes } from '../../src/storage/lanes.js';

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
export async function begun(db: Db, people: string[], changes: Partial<ConversationDocument> = {}): Promise<string> {
  const conversation = { ...conversationOf(people), ...changes };
  await collections.conversations(db).insertOne(conversation);
  const roleOf = (index: number) => (index === 0 && conversation.type !== 'DIRECT' ? 'OWNER' : 'MEMBER');
  await collections
    .members(db)
    .insertMany(people.map((userId, index) => ({ ...memberOf(conversation._id, userId), role: roleOf(index) })));
  return conversation._id;
}

/** The same for a direct one. */
export function begunDirect(db: Db, [a, b]: [string, string], changes: Partial<ConversationDocument> = {}) {
  return begun(db, [a, b], { type: 'DIRECT', name: null, owner_id: null, pair_key: pairKey(a, b), ...changes });
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

function conversationOf(people: string[]): ConversationDocument {
  const [owner = ''] = people;
  const now = new Date();
  return {
    _id: factId(),
    type: 'GROUP',
    name: 'A group',
    description: null,
    avatar_url: null,
    owner_id: owner,
    settings: { send: 'MEMBER', invite: 'MEMBER', pin: 'MEMBER' },
    request: null,
    last_seq: 0,
    last_message: null,
    last_activity_at: now,
    member_count: people.length,
    member_preview: people.slice(0, 10),
    clock: 0,
    created_by: owner,
    created_at: now,
    updated_at: now,
  };
}

function memberOf(conversationId: string, userId: string): MemberDocument {
  return {
    _id: memberId(conversationId, userId),
    conversation_id: conversationId,
    user_id: userId,
    role: 'MEMBER',
    permissions: {},
    active: true,
    joined_seq: 0,
    joined_at: new Date(),
    joined_clock: 0,
    left_at: null,
    left_clock: null,
    delivered_seq: 0,
    read_seq: 0,
    muted_until: null,
    archived: false,
    pinned_at: null,
    receipts_due: false,
  };
}
