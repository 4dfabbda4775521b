import type { Admin, Kafka } from 'kafkajs';
import { withAdmin } from '../topics.js';
import type { ConsumerStorage, MarksOf } from './storage.js';

/** Drops the marks that a service's consumers no longer need. */
export class InboxCleaner {
  constructor(
    private readonly storage: ConsumerStorage,
    private readonly kafka: Kafka,
    private readonly prefix: string,
  ) {}

  /** To be called once an hour or so. Returns how many marks were dropped. @throws while Kafka or the database is away */
  async dropOld(): Promise<number> {
    const positions = await this.storage.allPositions();
    const starts = await withAdmin(this.kafka, (admin) =>
      this.logStarts(admin, new Set(positions.map(({ topic }) => topic))),
    );
    let dropped = 0;
    for (const [consumer, some] of Map.groupBy(positions, (position) => position.consumer)) {
      const of = some.map(({ topic, partition, offset, clusterId }): MarksOf => {
        return {
          topic,
          partition,
          clusterId,
          position: offset,
          logStart: starts.get(`${topic}/${partition}`) ?? 0,
        };
      });
      dropped += await this.storage.dropMarks(consumer, of);
    }
    return dropped;
  }

  private async logStarts(admin: Admin, topics: Set<string>): Promise<Map<string, number>> {
    const present = new Set(await admin.listTopics());
    const starts = new Map<string, number>();
    for (const topic of [...topics].filter((name) => present.has(this.prefix + name))) {
      const offsets = await admin.fetchTopicOffsets(this.prefix + topic);
      for (const { partition, low } of offsets) starts.set(`${topic}/${partition}`, Number(low));
    }
    return starts;
  }
}
