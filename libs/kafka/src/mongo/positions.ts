import type { ClientSession, Db, Filter } from 'mongodb';
import type { TopicPartition } from '../consumer/log.js';
import { type Position, PositionLost } from '../consumer/positions.js';
import { consumerCollections, type PositionDocument, positionId } from './consumer-documents.js';

export async function movePosition(db: Db, position: Position, next: number, session?: ClientSession): Promise<void> {
  const update = [{ $set: { next_offset: next, updated_at: '$$NOW' } }];
  const { matchedCount } = await consumerCollections.positions(db).updateOne(where(position), update, { session });
  if (matchedCount === 0) throw new PositionLost(position);
}

export async function readPositions(db: Db, consumer: string, of: TopicPartition[]): Promise<Position[]> {
  const ids = of.map(({ topic, partition }) => positionId({ consumer, topic, partition }));
  const documents = await consumerCollections
    .positions(db)
    .find({ _id: { $in: ids } })
    .toArray();
  return documents.map(positionOf);
}

export async function readAllPositions(db: Db): Promise<Position[]> {
  return (await consumerCollections.positions(db).find().toArray()).map(positionOf);
}

export async function insertPosition(db: Db, at: Position): Promise<void> {
  const { consumer, topic, partition, offset, clusterId } = at;
  const values = { consumer, topic, kafka_partition: partition, next_offset: offset, cluster_id: clusterId };
  await consumerCollections
    .positions(db)
    .updateOne({ _id: positionId(at) }, { $setOnInsert: { ...values, updated_at: new Date() } }, { upsert: true });
}

export async function resetPosition(db: Db, from: Position, to: Position): Promise<void> {
  const update = [{ $set: { next_offset: to.offset, cluster_id: to.clusterId, updated_at: '$$NOW' } }];
  await consumerCollections.positions(db).updateOne(where(from), update);
}

function where(position: Position): Filter<PositionDocument> {
  return { _id: positionId(position), next_offset: position.offset, cluster_id: position.clusterId };
}

function positionOf({ consumer, topic, ...row }: PositionDocument): Position {
  return { consumer, topic, partition: row.kafka_partition, offset: row.next_offset, clusterId: row.cluster_id };
}
