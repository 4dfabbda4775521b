import { type Admin, AssignerProtocol } from 'kafkajs';
import { MongoClient } from 'mongodb';
import pg from 'pg';
import { eventually } from './eventually.js';
import { withKafkaAdmin } from './kafka.js';

export interface SettleOptions {
  /** Only topics and groups whose names start with it are looked at. */
  prefix: string;
  /** URLs of the services' databases, in PostgreSQL or MongoDB. */
  databases: string[];
  /** Default 20,000. */
  timeoutMs?: number;
  /** Default: the servers of the tests. */
  brokers?: string;
}

/**
 * Waits until nothing is on its way any more: every outbox is empty, every group has read every topic it is assigned to the
 * end, and no key waits for another try.
 * @throws Error that says what is still on its way
 */
export async function settle({ prefix, databases, timeoutMs = 20_000, brokers }: SettleOptions): Promise<void> {
  const outboxes = databases.map(outboxAt);
  try {
    await withKafkaAdmin(
      (admin) => eventually(() => expectNothingUnderWay(admin, prefix, outboxes), { withinMs: timeoutMs }),
      brokers,
    );
  } finally {
    await Promise.all(outboxes.map((outbox) => outbox.close()));
  }
}

/** A service's database, as far as facts are on their way in it. */
interface OutboxUnderWay {
  count(): Promise<{ waiting: number; retrying: number }>;
  close(): Promise<void>;
}

function outboxAt(url: string): OutboxUnderWay {
  return /^mongodb(\+srv)?:/.test(url) ? mongoOutbox(url) : postgresOutbox(url);
}

function postgresOutbox(connectionString: string): OutboxUnderWay {
  const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  // A server that is killed between two looks is an error of the next look.
  pool.on('error', () => undefined);
  const count = async () => {
    const { rows } = await pool.query<{ waiting: string; retrying: string }>(
      `SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL AND failed_reason IS NULL) AS waiting,
              (SELECT count(*) FROM parked_keys WHERE state = 'RETRYING') AS retrying`,
    );
    return { waiting: Number(rows[0]?.waiting), retrying: Number(rows[0]?.retrying) };
  };
  return { count, close: () => pool.end() };
}

function mongoOutbox(url: string): OutboxUnderWay {
  const client = new MongoClient(url, { maxPoolSize: 1, serverSelectionTimeoutMS: 5_000, timeoutMS: 5_000 });
  const waitingIn = (collection: string, state: string) => client.db().collection(collection).countDocuments({ state });
  const count = async () => {
    const waiting = await waitingIn('outbox', 'WAITING');
    return { waiting, retrying: await waitingIn('parked_keys', 'RETRYING') };
  };
  return { count, close: () => client.close() };
}

/** Log ends by `topic[partition]`, and where the log begins. */
type LogEnds = Map<string, { low: number; high: number }>;

// What a group has read may have been answered with new facts, which another group, looked at before, has still to read:
// only when no log has grown meanwhile was all of it seen at rest.
async function expectNothingUnderWay(admin: Admin, prefix: string, outboxes: OutboxUnderWay[]): Promise<void> {
  const before = await logEnds(admin, prefix);
  for (const groupId of await groupsOf(admin, prefix)) await expectAllRead(admin, groupId, before);
  for (const outbox of outboxes) await expectEmptyOutbox(outbox);
  const after = await logEnds(admin, prefix);
  const grown = [...after].find(([log, { high }]) => high !== before.get(log)?.high);
  if (grown) throw new Error(`${grown[0]} has just grown`);
}

async function logEnds(admin: Admin, prefix: string): Promise<LogEnds> {
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
  const ends: LogEnds = new Map();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      ends.set(`${topic}[${partition}]`, { low: Number(low), high: Number(high) });
    }
  }
  return ends;
}

async function expectEmptyOutbox(outbox: OutboxUnderWay): Promise<void> {
  const { waiting, retrying } = await outbox.count();
  if (waiting !== 0) throw new Error(`${waiting} facts of an outbox are not published`);
  if (retrying !== 0) throw new Error(`${retrying} keys wait for another try`);
}

async function groupsOf(admin: Admin, prefix: string): Promise<string[]> {
  const { groups } = await admin.listGroups();
  return groups.map(({ groupId }) => groupId).filter((groupId) => groupId.startsWith(prefix));
}

async function expectAllRead(admin: Admin, groupId: string, ends: LogEnds): Promise<void> {
  const topics = await assignedTopics(admin, groupId);
  if (topics.length === 0) return;
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics })) {
    for (const { partition, offset } of partitions) {
      const { low, high } = ends.get(`${topic}[${partition}]`) ?? { low: 0, high: 0 };
      if (Math.max(Number(offset), low) < high)
        throw new Error(`${groupId} has read ${topic}[${partition}] to ${offset} of ${high}`);
    }
  }
}

async function assignedTopics(admin: Admin, groupId: string): Promise<string[]> {
  const { groups } = await admin.describeGroups([groupId]);
  // While a group shares its partitions out anew nobody is assigned any: that is not having read everything.
  const moving = groups.find(({ state }) => state === 'PreparingRebalance' || state === 'CompletingRebalance');
  if (moving) throw new Error(`${groupId} is rebalancing`);
  const members = groups.flatMap((group) => group.members);
  const assignments = members.map(({ memberAssignment }) => AssignerProtocol.MemberAssignment.decode(memberAssignment));
  return [...new Set(assignments.flatMap((decoded) => Object.keys(decoded?.assignment ?? {})))];
}
