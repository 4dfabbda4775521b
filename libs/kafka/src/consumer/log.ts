import type { Cluster } from 'kafkajs';

/** A partition; the topic without prefix. */
export interface TopicPartition {
  topic: string;
  partition: number;
}

export interface LogOfPartition extends TopicPartition {
  /** The oldest record that is kept. */
  start: number;
  /** The next record to be written. */
  end: number;
}

// `metadata` takes topics and gives the cluster's id, of which kafkajs's types say nothing.
type LogCluster = Pick<Cluster, 'fetchTopicsOffset'> & {
  metadata(o: { topics: string[] }): Promise<{ clusterId: string }>;
};

/** Looks at the logs through the connections of a running consumer. Every method throws while Kafka is away. */
export class ClusterLog {
  private readonly cluster: LogCluster;

  constructor(
    cluster: Cluster,
    private readonly prefix: string,
  ) {
    this.cluster = cluster as unknown as LogCluster;
  }

  async look(partitions: TopicPartition[]): Promise<{ clusterId: string; partitions: LogOfPartition[] }> {
    const topics = [...new Set(partitions.map(({ topic }) => this.prefix + topic))];
    const { clusterId } = await this.cluster.metadata({ topics });
    const starts = await this.offsets(partitions, { fromBeginning: true });
    const ends = await this.offsets(partitions, { fromBeginning: false });
    const logs = partitions.map(({ topic, partition }) => {
      const start = starts.get(partitionName(topic, partition)) ?? 0;
      return { topic, partition, start, end: ends.get(partitionName(topic, partition)) ?? start };
    });
    return { clusterId, partitions: logs };
  }

  /** Partition name → the first offset at or after the time (ms since 1970); -1 where there is none. */
  async offsetsAt(partitions: TopicPartition[], time: number): Promise<Map<string, number>> {
    return this.offsets(partitions, { fromTimestamp: time });
  }

  private async offsets(
    partitions: TopicPartition[],
    at: { fromBeginning: boolean } | { fromTimestamp: number },
  ): Promise<Map<string, number>> {
    const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, some]) => ({
      topic: this.prefix + topic,
      partitions: some.map(({ partition }) => ({ partition })),
      ...at,
    }));
    const answer = await this.cluster.fetchTopicsOffset(topics);
    const found = answer.flatMap(({ topic, partitions: some }) =>
      some.map(({ partition, offset }) => {
        return [partitionName(topic.slice(this.prefix.length), partition), Number(offset)] as const;
      }),
    );
    return new Map(found);
  }
}

export function partitionName(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
