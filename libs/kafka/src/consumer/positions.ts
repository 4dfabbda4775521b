import { setTimeout as delay } from 'node:timers/promises';
import type { LogOfPartition, TopicPartition } from './log.js';

const secondLook = 1_000;

/** How far a consumer has come in one partition, as this process believes. */
export interface Position extends TopicPartition {
  consumer: string;
  /** The next record to be applied. */
  offset: number;
  /** The Kafka cluster that the offset belongs to. */
  clusterId: string;
}

/** Where consumers keep their positions. */
export interface PositionStorage {
  positions(consumer: string, of: TopicPartition[]): Promise<Position[]>;
  /** Adds a position, unless there is one. */
  addPosition(at: Position): Promise<void>;
  /** Puts a position elsewhere, unless another process has moved it: then that one counts. */
  resetPosition(from: Position, to: Position): Promise<void>;
}

/** Another process has moved the position: what was read here must not be applied. */
export class PositionLost extends Error {
  override readonly name = 'PositionLost';

  constructor(readonly position: Position) {
    super(
      `The position of ${position.consumer} in ${position.topic}/${position.partition} is no longer ${position.offset}`,
    );
  }
}

/** What `claimPositions` needs to know of Kafka; asked after the positions were read, so that it is not older than they. */
export type LookAtLog = () => Promise<{ clusterId: string; partitions: LogOfPartition[] }>;

/**
 * The consumer's positions in these partitions. One that Kafka can't continue (never there, another cluster, log lost or
 * deleted since) is put to the log's start first.
 */
export async function claimPositions(
  storage: PositionStorage,
  consumer: string,
  partitions: TopicPartition[],
  look: LookAtLog,
): Promise<Position[]> {
  const before = await storage.positions(consumer, partitions);
  const log = await lookTwice(look, before);
  for (const { topic, partition, start, end } of log.partitions) {
    const position = before.find((one) => one.topic === topic && one.partition === partition);
    const begin = { consumer, topic, partition, offset: start, clusterId: log.clusterId };
    if (!position) await storage.addPosition(begin);
    else if (!continues(position, log.clusterId, start, end)) await storage.resetPosition(position, begin);
  }
  return storage.positions(consumer, partitions);
}

// A broker that has just started may not know yet how far its log reaches. To read everything again is costly: make sure.
async function lookTwice(look: LookAtLog, positions: Position[]): ReturnType<LookAtLog> {
  const log = await look();
  const short = log.partitions.some(({ topic, partition, end }) => {
    return positions.some(
      (position) => position.topic === topic && position.partition === partition && position.offset > end,
    );
  });
  if (!short) return log;
  await delay(secondLook);
  return look();
}

function continues({ offset, ...position }: Position, clusterId: string, start: number, end: number): boolean {
  return position.clusterId === clusterId && offset >= start && offset <= end;
}
