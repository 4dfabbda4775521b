import type { FrameAudience, FramePublished } from '@plaza/contracts';
import type { BroadcastPosition } from '@plaza/kafka';
import { logName, type Vector } from './frame-id.js';

/** A record of stream.frame. */
export interface FrameRecord {
  partition: number;
  offset: number;
  /** Of the audience: rises with each of its frames. */
  version: number;
  factId: string;
  fact: FramePublished;
}

/** A record as the ring keeps it, to be sent again to who was away. */
export interface RingEntry extends Omit<FrameRecord, 'fact'> {
  readonly audience: FrameAudience;
  readonly audienceId: string;
  readonly exceptUserId: string | null;
  readonly momentary: boolean;
  /** Only for those who were members at this version already. */
  readonly asOf?: number;
  readonly joined: readonly string[];
  readonly left: readonly string[];
  /** The frame's JSON behind its id. */
  readonly body: string;
  readonly receivedAt: number;
}

export interface RingBounds {
  /** Milliseconds for which an entry is kept. */
  age: number;
  /** Most entries. */
  entries: number;
  /** Most bytes, about. */
  bytes: number;
}

/** About what an entry takes beside its body. */
const ENTRY_BYTES = 400;
const ID_BYTES = 40;

/**
 * The latest records of stream.frame, in the order in which this gateway received them. Entries are numbered; the numbers
 * only rise. It knows which part of each partition it holds without a gap.
 */
export class FrameRing {
  /** Rises when it begins anew because Kafka has lost its log. */
  generation = 0;
  log = '';
  bytes = 0;
  private entries: RingEntry[] = [];
  /** How many of `entries` are gone already. */
  private head = 0;
  /** The number of `entries[0]`. */
  private base = 0;
  private ids = new Set<string>();
  /** Those of the log that was lost. */
  private lostIds = new Set<string>();
  private readonly starts: number[] = [];
  private readonly nexts: number[] = [];

  constructor(private readonly bounds: RingBounds) {}

  /** The number of the oldest entry. */
  get first(): number {
    return this.base + this.head;
  }

  /** The number that the next entry will get. */
  get end(): number {
    return this.base + this.entries.length;
  }

  get size(): number {
    return this.entries.length - this.head;
  }

  /** The next record of each partition. */
  get next(): Vector {
    return this.nexts;
  }

  at(number: number): RingEntry | undefined {
    return number < this.first ? undefined : this.entries[number - this.base];
  }

  /** Begins with nothing, where the consumer began. Its ids stay known: what comes again from another log was seen already. */
  begin({ clusterId, partitions }: BroadcastPosition): void {
    this.generation += 1;
    this.log = logName(clusterId);
    this.base = this.end;
    this.entries = [];
    this.head = 0;
    this.bytes = 0;
    [this.ids, this.lostIds] = [new Set(), this.ids];
    for (const { partition, begin } of partitions) this.know(partition, begin);
  }

  /** Learns of partitions that were added since. */
  extend({ partitions }: BroadcastPosition): void {
    for (const { partition, begin } of partitions) if (this.nexts[partition] === undefined) this.know(partition, begin);
  }

  /** Takes a record in. Undefined for one that was here before, at this or another offset: a relay publishes at least once. */
  take({ fact, ...record }: FrameRecord, now: number): RingEntry | undefined {
    const { partition, offset, factId } = record;
    if (offset < (this.nexts[partition] ?? 0)) return undefined;
    this.nexts[partition] = offset + 1;
    if (this.ids.has(factId) || this.lostIds.has(factId)) return undefined;
    const { frame, ...addressed } = fact;
    const entry = { ...record, ...addressed, body: bodyOf(frame), receivedAt: now };
    if (!entry.momentary) this.keep(entry, now);
    return entry;
  }

  /** Drops what is too old. */
  expire(now: number): void {
    for (let oldest = this.at(this.first); oldest && this.isTooMuch(oldest, now); oldest = this.at(this.first)) {
      this.drop(oldest);
    }
    if (this.head > 1_000 && this.head * 2 > this.entries.length) this.compact();
  }

  /** Whether it holds everything from the cursor on. */
  covers(vector: Vector): boolean {
    return (
      vector.length <= this.nexts.length && this.starts.every((start, partition) => (vector[partition] ?? 0) >= start)
    );
  }

  /** Whether it has got as far as the cursor. */
  hasReached(vector: Vector): boolean {
    return vector.every((offset, partition) => offset <= (this.nexts[partition] ?? 0));
  }

  /** The number of an entry before which there is nothing that the cursor has not seen. */
  seek(vector: Vector): number {
    const behind = new Set(
      [...this.nexts.keys()].filter((partition) => (vector[partition] ?? 0) < (this.nexts[partition] ?? 0)),
    );
    let number = this.end;
    while (behind.size > 0 && number > this.first) {
      const entry = this.at(number - 1);
      if (entry && entry.offset < (vector[entry.partition] ?? 0)) behind.delete(entry.partition);
      number -= 1;
    }
    return number;
  }

  private know(partition: number, begin: number): void {
    this.starts[partition] = begin;
    this.nexts[partition] = begin;
  }

  private keep(entry: RingEntry, now: number): void {
    this.entries.push(entry);
    this.bytes += sizeOf(entry);
    this.ids.add(entry.factId);
    this.expire(now);
  }

  private isTooMuch({ receivedAt }: RingEntry, now: number): boolean {
    const { age, entries, bytes } = this.bounds;
    return now - receivedAt > age || this.size > entries || this.bytes > bytes;
  }

  private drop(entry: RingEntry): void {
    this.head += 1;
    this.bytes -= sizeOf(entry);
    this.ids.delete(entry.factId);
    this.starts[entry.partition] = entry.offset + 1;
  }

  private compact(): void {
    this.entries = this.entries.slice(this.head);
    this.base += this.head;
    this.head = 0;
  }
}

function bodyOf({ type, time, data }: FramePublished['frame']): string {
  return `,${JSON.stringify({ type, time, data }).slice(1)}`;
}

function sizeOf({ body, joined, left }: RingEntry): number {
  return ENTRY_BYTES + body.length + (joined.length + left.length) * ID_BYTES;
}
