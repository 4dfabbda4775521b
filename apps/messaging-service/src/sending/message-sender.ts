import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { backoff, isDependencyFailure, MongoOutbox } from '@plaza/kafka';
import { isDuplicateKey, MONGO } from '@plaza/service-kit';
import type { Db } from 'mongodb';
import { Lanes } from '../storage/lanes.js';
import type { Outcome, Send, Sent } from './send.js';
import { SendQueue } from './send-queue.js';
import { SendTransaction } from './send-transaction.js';

/** Measured: see the bench of the storage. */
const LIMITS = { most: 64, atOnce: 2 };
/** How long a batch is tried, in ms: then nobody waits for an answer any more. */
const TRIED_FOR = 2_500;
/** After which a commit that can't be asked about any more is looked for among what is stored. */
const ONE_TRY = 1_000;

/** Sends messages. Each is stored once or not at all, has its place in its conversation, and its facts are in the outbox. */
@Injectable()
export class MessageSender implements OnApplicationShutdown {
  private readonly transaction: SendTransaction;
  private readonly queue: SendQueue;

  constructor(@Inject(MONGO) db: Db, outbox: MongoOutbox, lanes: Lanes) {
    this.transaction = new SendTransaction(db, outbox);
    this.queue = new SendQueue(
      lanes,
      (sends) => this.store(sends, { again: false, until: performance.now() + TRIED_FOR }),
      LIMITS,
    );
  }

  /** @throws ProblemError where it is refused; what the driver throws where the database is away */
  send(send: Send): Promise<Sent> {
    return this.queue.add(send);
  }

  /** What has been sent is stored and answered before the database's connections are closed. */
  onApplicationShutdown(): Promise<void> {
    return this.queue.drained();
  }

  private async store(sends: Send[], o: { again: boolean; until: number }): Promise<Outcome[]> {
    try {
      return await this.transaction.run(sends, { again: o.again, within: ONE_TRY });
    } catch (error) {
      return this.storeAfter(error, sends, o);
    }
  }

  private async storeAfter(error: unknown, sends: Send[], o: { again: boolean; until: number }): Promise<Outcome[]> {
    // It may be stored or not, and nobody is answered before that is known: what is there by then is found, the rest is sent.
    if (isDependencyFailure(error)) {
      if (performance.now() > o.until) throw error;
      await delay(backoff(1));
      return this.store(sends, { ...o, again: true });
    }
    if (sends.length > 1) return this.storeSingly(sends, o);
    // The id was chosen for it: it is there.
    if (isDuplicateKey(error, '_id_') && !o.again) return this.store(sends, { ...o, again: true });
    throw error;
  }

  /** One that can't be stored does not take the others of its batch with it. */
  private async storeSingly(sends: Send[], o: { again: boolean; until: number }): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const send of sends) {
      try {
        outcomes.push(...(await this.store([send], o)));
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        outcomes.push({ refused: error });
      }
    }
    return outcomes;
  }
}
