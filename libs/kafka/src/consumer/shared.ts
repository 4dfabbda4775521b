import { ChunkTransactions, type ConsumerDatabase } from './chunk.js';
import type { FeedSource, OpenedPartition } from './generation.js';
import type { ConsumerHandlers } from './handlers.js';
import type { ClusterLog, LogOfPartition, TopicPartition } from './log.js';
import { SharedPartition } from './partition.js';
import { claimPositions } from './positions.js';

/** A consumer whose partitions the instances of the service share, and whose positions are in the database. */
export class SharedConsumer implements FeedSource {
  private readonly transactions: ChunkTransactions;

  /** `onParked` is told when a fact has failed and will be tried again. */
  constructor(
    private readonly db: ConsumerDatabase,
    private readonly handlers: ConsumerHandlers,
    private readonly onParked: () => void,
  ) {
    this.transactions = new ChunkTransactions(db, handlers);
  }

  async open(partitions: TopicPartition[], log: ClusterLog): Promise<OpenedPartition[]> {
    const { db, handlers, transactions, onParked } = this;
    let logs: LogOfPartition[] = [];
    const positions = await claimPositions(db.storage, handlers.name, partitions, async () => {
      const looked = await log.look(partitions);
      logs = looked.partitions;
      return looked;
    });
    return positions.map((position) => {
      const found = logs.find(({ topic, partition }) => topic === position.topic && partition === position.partition);
      const end = found?.end ?? position.offset;
      return { work: new SharedPartition(position, { db, handlers, transactions, onParked }), end };
    });
  }
}
