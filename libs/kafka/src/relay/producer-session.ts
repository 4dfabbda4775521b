import { type Kafka, type Message, Partitioners, type Producer, type RecordMetadata } from 'kafkajs';

/** A record for Kafka. */
export interface OutgoingRecord {
  /** With prefix. */
  topic: string;
  key: string;
  value: string;
  headers: Record<string, string>;
  time: Date;
}

/** Where Kafka has put a record. */
export interface Placement {
  topic: string;
  partition: number;
  offset: bigint;
}

// Where each message of a send goes, and what has to be asked before it may.
interface Attempt {
  mayStart(): void;
  partitions: Map<Message, number>;
}

/**
 * One kafkajs producer, and so one producer id. After an error, either the same records are sent again through the same
 * session (Kafka then knows what it has already), or the session is retired: other records under the same sequence numbers
 * would be taken for repetitions, and be lost.
 */
export class ProducerSession {
  private readonly attempts = new WeakMap<Message, Attempt>();
  private readonly producer: Producer;
  private underWay = 0;
  private retired = false;

  constructor(kafka: Kafka) {
    const partitionOf = Partitioners.DefaultPartitioner();
    this.producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
      // kafkajs asks the partitioner at every try, which makes it the place to refuse a try that comes too late.
      createPartitioner: () => (args) => {
        const attempt = this.attempts.get(args.message);
        attempt?.mayStart();
        const partition = partitionOf(args);
        attempt?.partitions.set(args.message, partition);
        return partition;
      },
    });
  }

  async connect(): Promise<void> {
    await this.producer.connect();
  }

  /**
   * Sends records in their order, waits for all replicas, and says where each of them is. A few retries are made inside,
   * before each of which `mayStart` is asked; it throws to prevent a try.
   * @throws whatever kafkajs throws; then some of the records may have been written
   */
  async send(records: OutgoingRecord[], mayStart: () => void): Promise<Placement[]> {
    const attempt: Attempt = { mayStart, partitions: new Map() };
    const messages = records.map((record) => this.message(record, attempt));
    this.underWay += 1;
    try {
      const acknowledged = await this.producer.sendBatch({
        acks: -1,
        timeout: 10_000,
        topicMessages: byTopic(records, messages),
      });
      return placements(records, messages, attempt, acknowledged);
    } finally {
      this.underWay -= 1;
      await this.disconnectIfDone();
    }
  }

  /** Disconnects as soon as nobody's records are under way. */
  async retire(): Promise<void> {
    this.retired = true;
    await this.disconnectIfDone();
  }

  private message({ key, value, headers, time }: OutgoingRecord, attempt: Attempt): Message {
    const message = { key, value, headers, timestamp: String(time.getTime()) };
    this.attempts.set(message, attempt);
    return message;
  }

  private async disconnectIfDone(): Promise<void> {
    if (this.retired && this.underWay === 0) await this.producer.disconnect();
  }
}

function byTopic(records: OutgoingRecord[], messages: Message[]): Array<{ topic: string; messages: Message[] }> {
  const topics = new Map<string, Message[]>();
  records.forEach(({ topic }, index) => {
    const message = messages[index];
    const ofTopic = topics.get(topic) ?? [];
    topics.set(topic, ofTopic);
    if (message) ofTopic.push(message);
  });
  return [...topics].map(([topic, ofTopic]) => ({ topic, messages: ofTopic }));
}

// Kafka answers with the first offset of each partition; the others follow in the order in which they were sent.
function placements(
  records: OutgoingRecord[],
  messages: Message[],
  { partitions }: Attempt,
  acknowledged: RecordMetadata[],
): Placement[] {
  const next = new Map(acknowledged.map((it) => [`${it.topicName}/${it.partition}`, BigInt(it.baseOffset ?? -1)]));
  return records.map(({ topic }, index) => {
    const message = messages[index];
    const partition = (message && partitions.get(message)) ?? -1;
    const offset = next.get(`${topic}/${partition}`);
    if (offset === undefined) throw new Error(`Kafka has not acknowledged a record of ${topic}`);
    next.set(`${topic}/${partition}`, offset + 1n);
    return { topic, partition, offset };
  });
}
