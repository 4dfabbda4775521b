import type { ClientSession, Db, Filter } from 'mongodb';
import type { ReadableRecord } from '../consumer/record.js';
import type { MarksOf } from '../consumer/storage.js';
import { consumerCollections, type MarkDocument } from './consumer-documents.js';

const duplicateKey = 11_000;
const keptFor = 8 * 86_400_000;
const farBehind = 100_000;
const droppedAtOnce = 5_000;

export async function markFresh(
  db: Db,
  session: ClientSession,
  { consumer, clusterId, records }: { consumer: string; clusterId: string; records: ReadableRecord[] },
): Promise<ReadableRecord[]> {
  if (records.length === 0) return [];
  const inbox = consumerCollections.inbox(db);
  const idOf = ({ origin }: ReadableRecord): string => `${consumer}/${origin.id.toLowerCase()}`;
  const marked = await inbox
    .find({ _id: { $in: records.map(idOf) } }, { session, projection: { _id: 1 } })
    .map(({ _id }) => _id)
    .toArray();
  // Of two copies in one chunk only the first one is fresh.
  const seen = new Set(marked);
  const fresh = records.filter((record) => !seen.has(idOf(record)) && seen.add(idOf(record)));
  const marks = fresh.map((record) => markOf(record, { _id: idOf(record), consumer, clusterId }));
  if (marks.length > 0) await inbox.insertMany(marks, { session }).catch(asConflict);
  return fresh;
}

function markOf(
  { topic, partition, offset }: ReadableRecord,
  { _id, consumer, clusterId }: { _id: string; consumer: string; clusterId: string },
): MarkDocument {
  const place = { topic, kafka_partition: partition, kafka_offset: offset };
  // This process's time: of marks only days matter.
  return { _id, consumer, ...place, cluster_id: clusterId, marked_at: new Date() };
}

// Another process has marked the fact, in another partition, since this transaction began to read: begun anew, it sees that.
function asConflict(error: unknown): never {
  const isDuplicate = error instanceof Error && 'code' in error && error.code === duplicateKey;
  if (isDuplicate && 'addErrorLabel' in error && typeof error.addErrorLabel === 'function') {
    error.addErrorLabel('TransientTransactionError');
  }
  throw error;
}

export async function dropMarks(db: Db, consumer: string, of: MarksOf[]): Promise<number> {
  let dropped = 0;
  for (const one of of) dropped += await dropMarksOf(db, consumer, one);
  return dropped;
}

async function dropMarksOf(db: Db, consumer: string, of: MarksOf): Promise<number> {
  const inbox = consumerCollections.inbox(db);
  const { topic, partition, clusterId, logStart, position } = of;
  const useless: Filter<MarkDocument> = {
    consumer,
    topic,
    kafka_partition: partition,
    $or: [
      { cluster_id: clusterId, kafka_offset: { $lt: logStart } },
      {
        marked_at: { $lt: new Date(Date.now() - keptFor) },
        $or: [{ cluster_id: { $ne: clusterId } }, { kafka_offset: { $lt: position - farBehind } }],
      },
    ],
  };
  for (let dropped = 0; ; ) {
    const page = await inbox.find(useless, { projection: { _id: 1 }, limit: droppedAtOnce }).toArray();
    if (page.length === 0) return dropped;
    const { deletedCount } = await inbox.deleteMany({ _id: { $in: page.map(({ _id }) => _id) } });
    dropped += deletedCount;
  }
}
