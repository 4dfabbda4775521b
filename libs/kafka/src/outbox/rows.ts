import { declaredTopics } from '@plaza/contracts';
import type { Holder } from '../relay/lease.js';
import type { Placement } from '../relay/producer-session.js';

/** A fact in the outbox that is to be published. */
export interface OutboxRow {
  id: string;
  /** Without prefix. */
  topic: string;
  key: string;
  type: string;
  factId: string;
  version: string;
  traceparent: string | null;
  snapshot: boolean;
  createdAt: Date;
  /** JSON; null when there is too much of it to be read into memory. */
  payload: string | null;
}

/** What is to be published next. */
export interface NextRows {
  rows: OutboxRow[];
  /** There may be others by now that did not go into the batch. */
  more: boolean;
}

/** What a batch may hold. A record batch of Kafka has at most 1 MiB, unless the topic is configured otherwise. */
export const batchRows = 500;
export const batchBytes = 900_000;
/** Beside its payload a record has a key and headers. */
export const bytesBeside = 500;
/** Far more than any topic takes, and little enough to be held in memory. */
export const payloadBytes = 16_000_000;

/** The relay's view of the outbox, whichever database it is in. */
export interface OutboxRows {
  /**
   * The next rows in an order that is, within a key, the order of its commits, without those of the keys that are held
   * back. Of each key they are its oldest: nothing that commits later belongs before them. A large row comes alone.
   * @param unmarked ids of rows that are published and will be marked: they are passed over
   */
  next(unmarked: string[]): Promise<NextRows>;
  /**
   * Notes where published rows are in Kafka. Returns the database's time; undefined, and nothing is noted, when the lease
   * has passed from `holder` to another.
   */
  published(rows: OutboxRow[], placements: Placement[], holder: Holder): Promise<Date | undefined>;
  /** Takes a row out of the stream, and holds back what follows with its key, until somebody clears its reason. */
  fail(row: OutboxRow, reason: string): Promise<void>;
  /** Learns which rows are still failed: somebody may have cleared the reason of one. */
  reloadFailed(): Promise<void>;
  /**
   * Has what was published to topics published again, in its order; snapshots are made anew instead. What a topic would no
   * longer hold is left: those who read it know how long things are kept there.
   */
  unpublish(topics: string[]): Promise<void>;
  /** Gives failed rows another try: with a new version of the service, or other limits in Kafka, they may pass. */
  retryFailed(): Promise<void>;
  /** How many have not reached Kafka, the failed ones included. */
  backlog(): Promise<number>;
  /** How many Kafka has refused. */
  failed(): Promise<number>;
}

/** Milliseconds for which Kafka keeps what is published to a topic; null for ever, or where nobody declares it. */
export function retentionOf(name: string): number | null {
  const kept = declaredTopics().find((topic) => topic.name === name)?.configs['retention.ms'];
  return kept === undefined ? null : Number(kept);
}
