import { declarationOf } from '@plaza/contracts';
import type { Logger } from 'pino';
import type { DataSource, EntityManager } from 'typeorm';
import { factId } from '../fact-id.js';
import type { Outbox } from '../outbox/outbox.js';
import { keyOf, Republisher, type RepublishPage, type RepublishRequest } from '../outbox/republish.js';
import type { CurrentFact, RepublishSource } from '../outbox/republish-source.js';

const pageRows = 500;

/** Publishes state topics anew from the tables of PostgreSQL. */
export class PostgresRepublisher extends Republisher<EntityManager> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    logger: Logger,
    sources: RepublishSource[],
  ) {
    super(logger, sources, () => outbox.wake());
  }

  protected inTransaction<T>(run: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction('READ COMMITTED', run);
  }

  // A row is read again once its key is locked. What appears between the two reads brings its own fact along.
  protected async page(manager: EntityManager, source: RepublishSource, after: string | null): Promise<RepublishPage> {
    const seen = await source.read(manager, after, pageRows);
    const last = seen.at(-1);
    if (!last) return { cursor: null, rows: [] };
    const keys = new Set(seen.map(({ fact }) => keyOf(fact)));
    await this.outbox.lock(manager, ...keys);
    const current = await source.read(manager, after, pageRows);
    return { cursor: last.cursor, rows: current.filter(({ fact }) => keys.has(keyOf(fact))) };
  }

  protected async add(manager: EntityManager, rows: CurrentFact[]): Promise<void> {
    const declarations = rows.map(({ fact }) => declarationOf(fact));
    await manager.query(
      `SELECT outbox_add(topic, key, type, payload::json, fact_id, NULL, version, true)
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::bigint[])
            AS current(topic, key, type, payload, fact_id, version)`,
      [
        declarations.map(({ topic }) => topic),
        rows.map(({ fact }) => keyOf(fact)),
        declarations.map(({ type }) => type),
        rows.map(({ fact }) => JSON.stringify(fact)),
        rows.map(() => factId()),
        rows.map(({ version }) => version),
      ],
    );
  }

  protected async nextRequest(manager: EntityManager): Promise<RepublishRequest | undefined> {
    const [request] = await manager.query<RepublishRequest[]>(
      `SELECT topic, cursor FROM relay_republish WHERE topic = ANY($1) ORDER BY requested_at, topic LIMIT 1 FOR UPDATE`,
      [this.topics],
    );
    return request;
  }

  protected async noteProgress(manager: EntityManager, { topic, cursor }: RepublishRequest): Promise<void> {
    await (cursor === null
      ? manager.query(`DELETE FROM relay_republish WHERE topic = $1`, [topic])
      : manager.query(`UPDATE relay_republish SET cursor = $2 WHERE topic = $1`, [topic, cursor]));
  }
}
