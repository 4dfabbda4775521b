import { factHeaders } from '@plaza/contracts';
import type { Logger } from 'pino';
import type { KafkaLink } from '../kafka-link.js';
import type { OutboxRow, OutboxRows } from '../outbox/rows.js';
import { backoff, pause } from '../retry.js';
import type { KafkaSettings } from '../settings.js';
import type { Topics } from '../topics.js';
import { type Holder, LeaseUncertain, type RelayLease } from './lease.js';
import type { LogWatch } from './log-watch.js';
import type { RelayMetrics } from './metrics.js';
import type { ProcessProducer } from './producer.js';
import type { OutgoingRecord, Placement, ProducerSession } from './producer-session.js';
import { publishFailure } from './publish-failures.js';
import type { Unmarked } from './unmarked.js';

interface Dependencies {
  settings: KafkaSettings;
  rows: OutboxRows;
  unmarked: Unmarked;
  producer: ProcessProducer;
  lease: RelayLease;
  log: LogWatch;
  topics: Topics;
  link: KafkaLink;
  metrics: RelayMetrics;
  logger: Logger;
}

/**
 * Brings batches of the outbox to Kafka: all of a batch, or what remains of it is read again. What is there it marks, the
 * rows of several small batches together.
 */
export class RelayPublisher {
  constructor(private readonly its: Dependencies) {}

  /**
   * Publishes rows in their order. Goes on for ever while Kafka or the database is away.
   * @throws when the lease is lost, when `signal` is aborted, and when the rows have to be read again
   */
  async publish(rows: OutboxRow[], holder: Holder, signal: AbortSignal): Promise<void> {
    const sendable = await this.withoutUnsendable(rows);
    if (sendable.length === 0) return;
    try {
      await this.deliver(sendable, holder, signal);
    } catch (error) {
      if (publishFailure(error) !== 'record') throw error;
      if (sendable.length === 1) await this.fail(sendable, String(error));
      else await this.oneByOne(sendable, holder, signal);
    }
  }

  /**
   * Marks what was published. Goes on for ever while the database is away: what is in Kafka must be marked, or a batch
   * would begin with it again.
   * @throws when the lease is lost, and when `signal` is aborted
   */
  async mark(holder: Holder, signal: AbortSignal): Promise<void> {
    const { lease, logger, metrics, rows, unmarked } = this.its;
    for (let failures = 1; unmarked.rows.length > 0; failures += 1) {
      try {
        const at = await rows.published(unmarked.rows, unmarked.placements, holder);
        if (!at) throw new LeaseUncertain();
        for (const seconds of unmarked.tookUntil(at)) metrics.published.observe(seconds);
        unmarked.clear();
      } catch (error) {
        if (error instanceof LeaseUncertain) lease.abandon();
        if (lease.holder?.epoch !== holder.epoch) throw error;
        if (failures === 1) logger.warn({ err: error }, 'published facts wait to be marked');
        await pause(backoff(failures), signal);
      }
    }
  }

  // Kafka refuses the batch for one of its rows and does not say which.
  private async oneByOne(rows: OutboxRow[], holder: Holder, signal: AbortSignal): Promise<void> {
    const heldBack = new Set<string>();
    for (const row of rows) {
      if (heldBack.has(row.key)) continue;
      try {
        await this.deliver([row], holder, signal);
      } catch (error) {
        if (publishFailure(error) !== 'record') throw error;
        heldBack.add(row.key);
        await this.fail([row], String(error));
      }
    }
  }

  private async withoutUnsendable(rows: OutboxRow[]): Promise<OutboxRow[]> {
    const heldBack = new Set<string>();
    const sendable: OutboxRow[] = [];
    for (const row of rows) {
      if (heldBack.has(row.key)) continue;
      if (row.payload === null) {
        heldBack.add(row.key);
        await this.fail([row], 'The payload is too large to be read');
      } else {
        sendable.push(row);
      }
    }
    return sendable;
  }

  private async fail(rows: OutboxRow[], reason: string): Promise<void> {
    for (const row of rows) {
      await this.its.rows.fail(row, reason);
      this.its.metrics.failed.inc();
      const { id, type, key } = row;
      this.its.logger.error({ id, type, key, reason }, 'a fact can not be published and holds back its key');
    }
  }

  private async deliver(rows: OutboxRow[], holder: Holder, signal: AbortSignal): Promise<void> {
    const session = await this.its.producer.session();
    const records = rows.map((row) => this.record(row));
    const placements = await this.send({ session, records, rows, holder, signal });
    this.its.link.up();
    this.its.unmarked.add(rows, placements);
    await this.its.log.observe(rows, placements, holder);
  }

  private record(row: OutboxRow): OutgoingRecord {
    const { prefix, service } = this.its.settings;
    const envelope = {
      id: row.factId,
      type: row.type,
      key: row.key,
      time: row.createdAt,
      version: Number(row.version),
      snapshot: row.snapshot,
      traceparent: row.traceparent ?? undefined,
    };
    const headers = factHeaders(envelope, service);
    return { topic: `${prefix}${row.topic}`, key: row.key, value: row.payload ?? '', headers, time: row.createdAt };
  }

  // The same records are sent again through the same session, so that Kafka can tell what it has already. Where that is
  // over (see the conditions), the session must not be used for others.
  private async send(batch: Batch): Promise<Placement[]> {
    const { lease, log, producer, topics } = this.its;
    for (let failures = 1; ; failures += 1) {
      try {
        return await batch.session.send(batch.records, () => lease.assertHeld());
      } catch (error) {
        const kind = publishFailure(error);
        const isOurs = lease.holder?.epoch === batch.holder.epoch;
        if (kind !== 'passing' || !isOurs || batch.signal.aborted) {
          await producer.retire(batch.session);
          if (kind === 'topic') await topics.ensure(batch.rows.map(({ topic }) => topic));
          if (kind === 'producer') log.suspect();
          throw error;
        }
        await this.waitForKafka(error, failures, batch);
      }
    }
  }

  private async waitForKafka(error: unknown, failures: number, { session, holder, signal }: Batch): Promise<void> {
    this.its.link.down();
    if (failures === 1 || failures % 30 === 0) {
      this.its.logger.warn({ err: error, failures }, 'facts wait for Kafka to come back');
    }
    await pause(backoff(failures), signal);
    if (!this.its.log.isDue) return;
    const lost = await this.its.log.check(holder).catch((reason: unknown) => {
      this.its.logger.debug({ err: reason }, 'Kafka can not be looked at');
      return false;
    });
    if (!lost) return;
    await this.its.producer.retire(session);
    throw new Error('Kafka has lost its log; the outbox is read again');
  }
}

interface Batch {
  session: ProducerSession;
  records: OutgoingRecord[];
  rows: OutboxRow[];
  holder: Holder;
  signal: AbortSignal;
}
