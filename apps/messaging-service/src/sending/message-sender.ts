import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { backoff, isDependencyFailure, MongoOutbox } from '@plaza/kafka';
import { isDuplicateKey, MONGO } from '@plaza/service-kit';
import type { Db } from 'mongodb';
import { Lanes } from '../storage/lanes.js';
import { Recent } from './recent.js';
import type { Batch, Outcome, Send, Sent } from './send.js';
import { SendQueue } from './send-queue.js';
import { SendTransaction } from './send-transaction.js';

/** Measured: see the bench of the storage. */
const LIMITS = { most: 64, least: 8, atOnce: 2 };
/** How long a batch is tried, in ms: then nobody waits for an answer any more. */
const TRIED_FOR = 2_500;
/** After which a commit that can't be asked about any more is looked for among what is stored. */
const ONE_TRY = 1_000;

/** Sends messages. Each is stored once or not at all, has its place in its conversation, and its facts are in the outbox. */
@Injectable()
export class MessageSender implements OnApplicationShutdown {
  private readonly transaction: SendTransaction;
  private readonly queue: SendQueue;
  /** Client ids that were sent here lately. The index knows all of them, but what breaks it has to be done again. */
  private readonly recent = new Recent(50_000);

  constructor(@Inject(MONGO) db: Db, outbox: MongoOutbox, lanes: Lanes) {
    this.transaction = new SendTransaction(db, outbox);
    this.queue = new SendQueue(lanes, (sends) => this.begin(sends), LIMITS);
  }

  /** @throws ProblemError where it is refused; what the driver throws where the database is away */
  send(send: Send): Promise<Sent> {
    return this.queue.add(send);
  }

  /** What has been sent is stored and answered before the database's connections are closed. */
  onApplicationShutdown(): Promise<void> {
    return this.queue.drained();
  }

  private begin(sends: Send[]): Promise<Outcome[]> {
    const clientIds = sends.flatMap(({ client }) => (client ? [client.id] : []));
    const again = clientIds.some((id) => this.recent.has(id));
    for (const id of clientIds) this.recent.add(id);
    return this.store({ sends, again }, performance.now() + TRIED_FOR);
  }

  /** @param until when it is given up */
  private async store(batch: Batch, until: number): Promise<Outcome[]> {
    let outcomes: Outcome[];
    try {
      outcomes = await this.transaction.run(batch, ONE_TRY);
    } catch (error) {
      return this.storeAfter(error, batch, until);
    }
    return batch.again ? outcomes : this.reconsider(batch.sends, outcomes, until);
  }

  /** What is refused now may have been sent before, through another process: then it is that message, whatever holds by now. */
  private async reconsider(sends: readonly Send[], outcomes: Outcome[], until: number): Promise<Outcome[]> {
    const refused = sends.filter(({ client }, index) => client && 'refused' in (outcomes[index] ?? {}));
    if (refused.length === 0) return outcomes;
    const found = await this.settled({ sends: refused, again: true }, until);
    const anew = new Map(refused.map(({ id }, index) => [id, found[index]]));
    return outcomes.map((outcome, index) => anew.get(sends[index]?.id ?? '') ?? outcome);
  }

  private async storeAfter(error: unknown, { sends, again }: Batch, until: number): Promise<Outcome[]> {
    // It may be stored or not, and nobody is answered before that is known: what is there by then is found, the rest is sent.
    if (isDependencyFailure(error)) {
      if (performance.now() > until) throw error;
      await delay(backoff(1));
      return this.store({ sends, again: true }, until);
    }
    if (isDuplicateKey(error) && !again) return this.store({ sends, again: true }, until);
    if (sends.length > 1) return this.storeSingly({ sends, again }, until);
    throw error;
  }

  /** One that can't be stored does not take the others of its batch with it. */
  private async storeSingly({ sends, again }: Batch, until: number): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const send of sends) outcomes.push(...(await this.settled({ sends: [send], again }, until)));
    return outcomes;
  }

  private async settled(batch: Batch, until: number): Promise<Outcome[]> {
    try {
      return await this.store(batch, until);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return batch.sends.map(() => ({ refused: error }));
    }
  }
}
