import kafkajs from 'kafkajs';
import type { Logger } from 'pino';
import type { KafkaLink } from '../kafka-link.js';
import type { Republisher } from '../outbox/republish.js';
import type { OutboxRows } from '../outbox/rows.js';
import { backoff, pause } from '../retry.js';
import type { Topics } from '../topics.js';
import type { Holder, RelayLease } from './lease.js';
import type { LogWatch } from './log-watch.js';
import type { RelayMetrics } from './metrics.js';
import type { ProcessProducer } from './producer.js';
import type { RelayPublisher } from './publisher.js';
import type { Unmarked } from './unmarked.js';
import { type HolderNotifier, type RelayListener, WakeFlag } from './wake.js';

/** The net under the wake-ups: how often the holder looks without having been told. */
const pollEvery = 250;
/** How often the others look whether the lease is free. */
const standbyEvery = 1_000;
/**
 * Least time from the beginning of one batch to that of the next, in ms. Under load a batch then carries what came in
 * meanwhile: without it every few facts cost a query, a request to Kafka and an update, on the cores that make them.
 */
const batchEvery = 10;
/** What is under way at the end gets this long; after that it is as after `kill -9`. */
const finishWithin = 5_000;

interface Dependencies {
  lease: RelayLease;
  rows: OutboxRows;
  unmarked: Unmarked;
  publisher: RelayPublisher;
  log: LogWatch;
  topics: Topics;
  republisher: Republisher;
  listener: RelayListener;
  notifier: HolderNotifier;
  link: KafkaLink;
  metrics: RelayMetrics;
  producer: ProcessProducer;
  logger: Logger;
}

/**
 * Publishes the outbox, in the order of its rows. Of all instances of a service one does it at a time, as only one writer
 * keeps the order within a key.
 */
export class Relay {
  private readonly flag = new WakeFlag();
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private preparedFor: string | undefined;
  private mayRepublish = true;

  constructor(private readonly its: Dependencies) {}

  /** Begins, in the background; whether Kafka and the database are there does not matter. */
  start(): void {
    if (this.running) return;
    this.its.producer.join();
    this.running = this.run();
  }

  /** Facts were committed. */
  wake(): void {
    if (this.its.lease.holder) this.flag.raise();
    else this.its.notifier.notify();
  }

  /** Finishes the batch under way and lets another instance take over. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.stopping.abort();
    this.flag.raise();
    const { lease, listener, logger, metrics, producer } = this.its;
    const finished = await inTime(this.running, finishWithin);
    await listener.stop();
    if (finished)
      await lease.release().catch((error: unknown) => logger.warn({ err: error }, 'the lease runs out by itself'));
    else lease.abandon();
    await producer.leave();
    metrics.holder.set(0);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.turn();
        failures = 0;
        await this.flag.wait(this.its.lease.holder ? Math.min(pollEvery, this.its.unmarked.dueIn) : standbyEvery);
      } catch (error) {
        failures += 1;
        this.report(error, failures);
        await pause(backoff(failures), signal).catch(() => undefined);
      }
    }
    await this.markLast();
  }

  private async markLast(): Promise<void> {
    const { lease, logger, publisher } = this.its;
    const { holder } = lease;
    // What was published in an earlier time as the holder may have been found lost since, and is to be published again.
    if (!holder || this.preparedFor !== holder.epoch) return;
    await publisher.mark(holder, this.stopping.signal).catch((error: unknown) => {
      logger.warn({ err: error }, 'the next holder publishes the last facts once more');
    });
  }

  private async turn(): Promise<void> {
    const { lease, link, listener, metrics, topics } = this.its;
    if (!lease.holder) await lease.acquire();
    const { holder } = lease;
    metrics.holder.set(holder ? 1 : 0);
    if (holder) return this.drain(holder);
    await listener.stop();
    if (link.seenOnce) return;
    await topics.ensure(topics.published());
    link.up();
  }

  private async drain(holder: Holder): Promise<void> {
    const { log, publisher, republisher, rows, unmarked } = this.its;
    if (this.preparedFor !== holder.epoch) await this.prepare(holder);
    while (!this.stopping.signal.aborted && this.its.lease.holder?.epoch === holder.epoch) {
      if (log.isDue) await this.check(holder);
      this.flag.lower();
      const began = performance.now();
      const batch = await rows.next(unmarked.ids);
      if (batch.rows.length > 0) await publisher.publish(batch.rows, holder, this.stopping.signal);
      if (unmarked.dueIn === 0) await publisher.mark(holder, this.stopping.signal);
      if (batch.rows.length > 0) await this.rest(began + batchEvery - performance.now());
      if (batch.more) continue;
      if (!this.mayRepublish) return;
      this.mayRepublish = await republisher.continue();
    }
  }

  private async rest(ms: number): Promise<void> {
    if (ms > 0) await pause(ms, this.stopping.signal).catch(() => undefined);
  }

  private async prepare(holder: Holder): Promise<void> {
    this.its.unmarked.clear();
    await this.its.rows.retryFailed();
    await this.its.log.load();
    this.mayRepublish = true;
    this.its.listener.start();
    this.preparedFor = holder.epoch;
  }

  private async check(holder: Holder): Promise<void> {
    await this.its.rows.reloadFailed();
    if (await this.its.log.check(holder)) this.mayRepublish = true;
    this.its.link.up();
  }

  private report(error: unknown, failures: number): void {
    if (this.stopping.signal.aborted) return;
    if (error instanceof kafkajs.KafkaJSError) this.its.link.down();
    if (failures === 1 || failures % 30 === 0) this.its.logger.warn({ err: error, failures }, 'the relay tries again');
  }
}

/** Whether `work` ended within `ms`. */
async function inTime(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const ended = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return ended;
}
