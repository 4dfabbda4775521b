import type { ClientSession, Collection, Db, Filter } from 'mongodb';
import type { ReadableRecord } from '../consumer/record.js';
import type { MarksOf } from '../consumer/storage.js';
import { consumerCollections, type MarkDocument } from './consumer-documents.js';

const duplicateKey = 11_000;
const keptFor = 8 * 86_400_000;
const farBehind = 100_000;
const lookedAtOnce = 5_000;

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

// Bit by bit, by what is looked at: most of the marks of a partition stay, and are too many for one operation's time.
async function dropMarksOf(db: Db, consumer: string, of: MarksOf): Promise<number> {
  const inbox = consumerCollections.inbox(db);
  const { topic, partition: kafka_partition } = of;
  let dropped = 0;
  for (let after: number | undefined = -1; after !== undefined; ) {
    const rest: Filter<MarkDocument> = { consumer, topic, kafka_partition, kafka_offset: { $gt: after } };
    const last: number | undefined = await lastOfPage(inbox, rest);
    const page = { $gt: after, ...(last !== undefined && { $lte: last }) };
    const { deletedCount } = await inbox.deleteMany({ ...rest, kafka_offset: page, ...useless(of) });
    dropped += deletedCount;
    after = last;
  }
  return dropped;
}

async function lastOfPage(inbox: Collection<MarkDocument>, marks: Filter<MarkDocument>): Promise<number | undefined> {
  const projection = { _id: 0, kafka_offset: 1 } as const;
  const options = { projection, sort: { kafka_offset: 1 }, skip: lookedAtOnce - 1 } as const;
  return (await inbox.findOne(marks, options))?.kafka_offset;
}

function useless({ clusterId, logStart, position }: MarksOf): Filter<MarkDocument> {
  return {
    $or: [
      { cluster_id: clusterId, kafka_offset: { $lt: logStart } },
      {
        marked_at: { $lt: new Date(Date.now() - keptFor) },
        $or: [{ cluster_id: { $ne: clusterId } }, { kafka_offset: { $lt: position - farBehind } }],
      },
    ],
  };
}
