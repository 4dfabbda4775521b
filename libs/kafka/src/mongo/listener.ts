import type { ChangeStream, Db } from 'mongodb';
import type { Logger } from 'pino';
import type { RelayListener } from '../relay/wake.js';
import { backoff, pause } from '../retry.js';
import { outboxCollections } from './documents.js';

/**
 * A change stream on one small document, which instances that do not hold the lease change when they have added facts: one
 * on the outbox would hear of every fact, those of this process included. Begun again when it breaks.
 */
export class MongoListener implements RelayListener {
  private stopping: AbortController | undefined;
  private listening: Promise<void> | undefined;
  private stream: ChangeStream | undefined;

  constructor(
    private readonly db: Db,
    private readonly logger: Logger,
    private readonly onNotify: () => void,
  ) {}

  start(): void {
    if (this.stopping) return;
    this.stopping = new AbortController();
    this.listening = this.listen(this.stopping.signal);
  }

  async stop(): Promise<void> {
    this.stopping?.abort();
    this.stopping = undefined;
    await this.stream?.close();
    await this.listening;
  }

  private async listen(signal: AbortSignal): Promise<void> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      // The time limit of the service's client is for operations that end.
      const stream = outboxCollections.wakes(this.db).watch([{ $project: { _id: 1 } }], { timeoutMS: 0 });
      this.stream = stream;
      try {
        for (;;) {
          await stream.next();
          failures = 0;
          this.onNotify();
        }
      } catch (error) {
        if (!signal.aborted) this.logger.debug({ err: error }, 'the change stream broke');
      }
      await stream.close().catch((error: unknown) => this.logger.debug({ err: error }, 'the change stream is gone'));
      await pause(backoff(failures + 1), signal).catch(() => undefined);
    }
  }
}

/** Wakes the holder of the lease in another process. */
export async function wakeHolder(db: Db): Promise<void> {
  await outboxCollections.wakes(db).updateOne({ _id: 'outbox' }, { $inc: { count: 1 } }, { upsert: true });
}
