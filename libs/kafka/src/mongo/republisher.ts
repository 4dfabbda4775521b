import type { ClientSession, Db } from 'mongodb';
import type { Logger } from 'pino';
import { keyOf, Republisher, type RepublishPage, type RepublishRequest } from '../outbox/republish.js';
import type { CurrentFact, RepublishSource } from '../outbox/republish-source.js';
import { outboxCollections } from './documents.js';
import type { MongoOutbox } from './outbox.js';
import { inTransaction } from './transaction.js';

// Small, because a page is done again when somebody changes one of its keys meanwhile.
const pageRows = 50;

/** Gives a state topic's current documents. Everything is read in the session. */
export interface MongoRepublishSource extends RepublishSource<ClientSession> {
  /**
   * Where the key's own document keeps its clock (see `MongoOutbox.insert`): advances those of the keys by one, in the
   * transaction, and gives them. Without it the outbox keeps them.
   */
  advance?(session: ClientSession, keys: string[]): Promise<Map<string, number>>;
}

/** Publishes state topics anew from the collections of MongoDB. */
export class MongoRepublisher extends Republisher<ClientSession, MongoRepublishSource> {
  constructor(
    private readonly db: Db,
    private readonly outbox: MongoOutbox,
    logger: Logger,
    sources: MongoRepublishSource[],
  ) {
    super(logger, sources, () => outbox.wake());
  }

  protected inTransaction<T>(run: (session: ClientSession) => Promise<T>): Promise<T> {
    return inTransaction(this.db, run);
  }

  // To add the snapshots advances the clocks of their keys: where one was changed after this was read, that conflicts.
  protected async page(
    session: ClientSession,
    source: MongoRepublishSource,
    after: string | null,
  ): Promise<RepublishPage> {
    const rows = await source.read(session, after, pageRows);
    return { rows, cursor: rows.at(-1)?.cursor ?? null };
  }

  protected async add(session: ClientSession, rows: CurrentFact[], source: MongoRepublishSource): Promise<void> {
    const keys = [...new Set(rows.map(({ fact }) => keyOf(fact)))];
    const clocks = await (source.advance?.(session, keys) ?? this.outbox.advance(session, keys));
    const clocked = rows.map(({ fact, version }) => {
      const clock = clocks.get(keyOf(fact));
      if (clock === undefined) throw new Error(`Topic ${source.topic} has no clock for ${keyOf(fact)}`);
      return { fact, version, clock, snapshot: true };
    });
    await this.outbox.insert(session, clocked);
  }

  protected async nextRequest(session: ClientSession): Promise<RepublishRequest | undefined> {
    const request = await outboxCollections
      .republish(this.db)
      .findOne({ _id: { $in: this.topics } }, { sort: { requested_at: 1, _id: 1 }, session });
    return request ? { topic: request._id, cursor: request.cursor } : undefined;
  }

  protected async noteProgress(session: ClientSession, { topic, cursor }: RepublishRequest): Promise<void> {
    const requests = outboxCollections.republish(this.db);
    await (cursor === null
      ? requests.deleteOne({ _id: topic }, { session })
      : requests.updateOne({ _id: topic }, { $set: { cursor } }, { session }));
  }
}
