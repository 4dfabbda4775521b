import type { Batch, KafkaMessage } from 'kafkajs';
import type { TopicPartition } from './log.js';
import { type FactRecord, type RawRecord, textHeaders } from './record.js';

/** Records of one partition that are applied together. */
export interface Chunk {
  /** Those that concern the consumer. */
  records: FactRecord[];
  /** The position once they are applied. */
  next: number;
}

/** What a consumer does with one partition that it has been given. */
export interface PartitionWork extends TopicPartition {
  /** Where to begin. */
  offset: number;
  read(raw: RawRecord): FactRecord | undefined;
  /** Resolves when the chunk is done with, whatever became of its facts. A rejection means: begin anew. */
  apply(chunk: Chunk, signal: AbortSignal): Promise<void>;
  /** It is waiting for something that is away: no progress is no wonder. */
  readonly waiting?: boolean;
}

const recordsInChunk = 50;
const scannedForChunk = 1_000;
// About what is applied while kafkajs waits for an idle fetch to end and can't ask for more.
const enough = 3_000;

/**
 * The records of one partition between kafkajs, which fetches them, and the consumer, which applies them one chunk after the
 * other. kafkajs fetches anew only when all partitions are through, so nothing is applied inside its callback: a partition
 * that is slow or stuck holds up neither the others nor the heartbeats.
 */
export class PartitionFeed {
  /** The next record to be applied. */
  position: number;
  /** The next record to be fetched. */
  fetched: number;
  /** The end of the log, as last heard. */
  end: number;
  movedAt = Date.now();
  private readonly queue: KafkaMessage[] = [];
  private readonly stopping = new AbortController();
  private working: Promise<void> | undefined;
  private readonly waiters: Array<() => void> = [];

  /** `onBroken` is called once when a chunk can't be applied from here. */
  constructor(
    readonly work: PartitionWork,
    end: number,
    private readonly onBroken: (error: unknown) => void,
  ) {
    this.position = work.offset;
    this.fetched = work.offset;
    this.end = end;
  }

  push(batch: Batch): void {
    this.queue.push(...batch.messages);
    this.fetched = Number(batch.lastOffset()) + 1;
    this.end = Math.max(this.end, Number(batch.highWatermark));
    this.working ??= this.applyAll();
  }

  /** Resolves when so few records wait that more may be fetched. */
  async room(): Promise<void> {
    if (this.queue.length < enough || this.stopping.signal.aborted) return;
    await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  /** Takes no further chunk, ends any wait, and resolves when the chunk that is being applied is through. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('The consumer is stopping'));
    this.tellWaiters();
    await this.working;
  }

  private async applyAll(): Promise<void> {
    const { signal } = this.stopping;
    try {
      while (this.position < this.fetched && !signal.aborted) await this.applyNext(signal);
      this.working = undefined;
    } catch (error) {
      // `working` stays: nothing may be applied after a chunk that was not.
      if (!signal.aborted) this.onBroken(error);
    }
  }

  private async applyNext(signal: AbortSignal): Promise<void> {
    const chunk = this.cut();
    await this.work.apply(chunk, signal);
    this.position = chunk.next;
    this.movedAt = Date.now();
    if (this.queue.length < enough) this.tellWaiters();
  }

  private tellWaiters(): void {
    for (const resolve of this.waiters.splice(0)) resolve();
  }

  private cut(): Chunk {
    const { topic, partition } = this.work;
    const records: FactRecord[] = [];
    let scanned = 0;
    let next = this.fetched;
    for (const { key, value, headers, offset } of this.queue) {
      next = Number(offset);
      if (records.length === recordsInChunk || scanned === scannedForChunk) break;
      scanned++;
      next = this.fetched;
      const raw = { topic, partition, offset: Number(offset), value, headers: textHeaders(headers) };
      const record = this.work.read({ ...raw, key: key?.toString() ?? `@${partition}/${offset}` });
      if (record) records.push(record);
    }
    this.queue.splice(0, scanned);
    return { records, next };
  }
}
