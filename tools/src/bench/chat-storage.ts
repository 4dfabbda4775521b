import { randomUUID } from 'node:crypto';
import { startStack } from '@plaza/embedded';
import { factId, MongoOutbox } from '@plaza/kafka';
import {
  collections,
  conversationDocument,
  Lanes,
  MessageSender,
  messagingService,
  newMember,
  type Send,
} from '@plaza/messaging-service';
import { migrateMongoDatabase } from '@plaza/service-kit';
import { type Collection, type Db, MongoClient } from 'mongodb';
import { at, counter, ROUNDS, SECONDS } from './bed.js';
import { median, percentile } from './load.js';
import { printFigure } from './report.js';

const MANY = 100;
const PEOPLE = 64;
const VOCABULARY = 3_000;

/** What is sent one after the other by each of so many senders, each time anew. */
export interface Load {
  senders: number;
  send(sender: number): Promise<unknown>;
  seconds?: number;
}

export interface Speed {
  perSecond: number;
  p99: number;
}

/** Sends committed with their outbox rows, beside a bare driver that inserts one document after the other on the same server. */
export async function chatStorage(): Promise<void> {
  const stack = await startStack({ parts: ['mongodb'] });
  try {
    await measure(stack.urls.mongodbUrl);
  } finally {
    await stack.stop();
  }
}

async function measure(url: string): Promise<void> {
  const floor = await bareCollection(url);
  const side = (senders: number, conversations: number) => ({ url, floor: floor.insert, senders, conversations });
  try {
    await compare(`16 senders, ${MANY} conversations`, { ...side(16, MANY), ratio: 1.2 });
    await compare(`64 senders, ${MANY} conversations`, { ...side(64, MANY), ratio: 1.7 });
    await compare('64 senders, one conversation', side(64, 1));
    await lone(url, floor.insert);
  } finally {
    await floor.client.close();
  }
}

interface Comparison {
  url: string;
  senders: number;
  conversations: number;
  floor: Load['send'];
  ratio?: number;
}

async function compare(name: string, { url, senders, conversations, floor, ratio }: Comparison): Promise<void> {
  const rounds = [];
  const p99 = [];
  for (const _ of ROUNDS) {
    const sender = await senderOn(url, conversations);
    await speedOf({ senders, send: sender.send, seconds: 1 });
    const below = await speedOf({ senders, send: floor });
    const sent = await speedOf({ senders, send: sender.send });
    await sender.end();
    rounds.push({ value: sent.perSecond, floor: below.perSecond });
    p99.push({ value: sent.p99, floor: below.p99 });
  }
  const target = ratio === undefined ? 'about 10,000/s' : `at least ${ratio}`;
  printFigure({ name: `messages stored, ${name}`, unit: '/s', target, ratio: ratio ?? 1, rounds });
  printFigure({ name: `messages stored, ${name}, p99`, unit: 'ms', target: 'as low as may be', rounds: p99 });
}

/** What one who sends alone waits. */
async function lone(url: string, insert: Load['send']): Promise<void> {
  const { send, end } = await senderOn(url, MANY);
  await medianOf(send);
  const rounds = [];
  for (const _ of ROUNDS) rounds.push({ value: await medianOf(send), floor: await medianOf(insert) });
  await end();
  printFigure({ name: 'a lone send, p50', unit: 'ms', target: 'that of a transaction', rounds });
}

async function medianOf(send: Load['send']): Promise<number> {
  const took = [];
  for (let n = 0; n < 300; n += 1) {
    const from = performance.now();
    await send(n);
    took.push(performance.now() - from);
  }
  return median(took);
}

/** Sends again and again, as many at a time as there are senders. */
export async function speedOf({ senders, send, seconds = SECONDS }: Load): Promise<Speed> {
  const from = performance.now();
  const until = from + seconds * 1_000;
  const took: number[] = [];
  const keepSending = async (sender: number) => {
    for (let begun = performance.now(); begun < until; begun = performance.now()) {
      await send(sender);
      took.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: senders }, (_, sender) => keepSending(sender)));
  return { perSecond: (took.length * 1_000) / (performance.now() - from), p99: percentile(took, 0.99) };
}

/** What the figures are compared with: documents inserted one by one, journaled, into a collection with two indexes. */
export async function bareCollection(url: string): Promise<{ insert: Load['send']; client: MongoClient }> {
  const client = new MongoClient(url, { maxPoolSize: 20 });
  const messages: Collection<{ _id: string }> = client
    .db('bench_floor')
    .collection('messages', { writeConcern: { w: 'majority', journal: true } });
  await messages.createIndexes([
    { key: { conversation_id: 1, seq: 1 }, unique: true },
    { key: { sender_id: 1, created_at: 1 } },
  ]);
  const next = counter();
  const ids = Array.from({ length: MANY }, () => randomUUID());
  const insert = (sender: number) => {
    const n = next();
    const place = { conversation_id: at(ids, n), seq: Math.floor(n / MANY) + 1 };
    return messages.insertOne({
      _id: factId(),
      ...place,
      ...{ sender_id: at(ids, sender), type: 'TEXT', content: words(), created_at: new Date() },
    });
  };
  return { insert, client };
}

/** Sending without service, on a database of its own: what earlier rounds have stored makes no later one slower. */
async function senderOn(url: string, conversations: number): Promise<{ send: Load['send']; end(): Promise<void> }> {
  const own = new URL(url);
  own.pathname = `/bench_${randomUUID()}`;
  if (!messagingService.mongo) throw new Error('messaging-service keeps its data in MongoDB');
  await migrateMongoDatabase({ url: own.toString(), definition: messagingService.mongo });
  const client = new MongoClient(own.toString(), { maxPoolSize: 20, ignoreUndefined: true, timeoutMS: 2_000 });
  const db = client.db();
  const people = Array.from({ length: PEOPLE }, () => factId());
  const ids = Array.from({ length: conversations }, () => factId());
  await fill(db, ids, people);
  const sender = new MessageSender(db, new MongoOutbox(db, () => undefined), new Lanes());
  const next = counter();
  const send = (n: number) => sender.send({ ...text(), conversationId: at(ids, next()), senderId: at(people, n) });
  const end = async () => {
    await db.dropDatabase();
    await client.close();
  };
  return { send, end };
}

function text(): Omit<Send, 'conversationId' | 'senderId'> {
  const client = { id: randomUUID(), hash: 'A'.repeat(43), from: 'clientId' } as const;
  const said = { type: 'TEXT', content: words(), metadata: null } as const;
  return { id: factId(), client, ...said, mentionedUserIds: [], deadline: Number.POSITIVE_INFINITY };
}

/** Eight words, some of them often and most of them seldom, as people talk. */
function words(): string {
  const word = () => Math.floor(VOCABULARY ** Math.random()).toString(36);
  return Array.from({ length: 8 }, word).join(' ');
}

async function fill(db: Db, ids: string[], people: string[]): Promise<void> {
  const now = new Date();
  const [creatorId = '', ...otherIds] = people;
  const looks = { type: 'GROUP', name: 'A group', description: null, avatar_url: null, request: null } as const;
  const begun = { clock: 0, created_at: now, updated_at: now, last_activity_at: now };
  await collections
    .conversations(db)
    .insertMany(ids.map((_id) => ({ ...conversationDocument({ _id, ...looks, creatorId, otherIds }), ...begun })));
  const joining = { role: 'MEMBER', seq: 0, clock: 0, at: now } as const;
  await collections.members(db).insertMany(ids.flatMap((id) => people.map((user) => newMember(id, user, joining))));
  await db.collection<{ _id: string }>('user_cache').insertMany(people.map((id) => user(id, now)));
}

function user(_id: string, now: Date): { _id: string } {
  const names = { username: `user_${_id}`, display_name: 'Somebody', avatar_url: null, verified: false };
  const state = { privacy_level: 'PUBLIC', account_status: 'ACTIVE', audience: {}, version: 1, deleted: false };
  return { _id, ...names, ...state, ...{ last_synced: now, created_at: now, updated_at: now } };
}
