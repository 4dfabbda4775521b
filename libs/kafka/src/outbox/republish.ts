import { declarationOf, FactInvalid, validateFact } from '@plaza/contracts';
import type { Logger } from 'pino';
import type { DataSource, EntityManager } from 'typeorm';
import { factId } from '../fact-id.js';
import type { Outbox } from './outbox.js';
import type { CurrentFact, RepublishSource } from './republish-source.js';

const pageRows = 500;

interface Page {
  /** Of its last row; null after the last page. */
  cursor: string | null;
  added: number;
}

/** Publishes state topics anew from the tables, through the outbox: current rows, at their current version, as snapshots. */
export class Republisher {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly logger: Logger,
    private readonly sources: RepublishSource[],
  ) {}

  /** The topics (without prefix) that can be published anew. */
  get topics(): string[] {
    return this.sources.map(({ topic }) => topic);
  }

  /**
   * Puts all current rows of a topic into the outbox, page by page. Returns how many.
   * @throws Error for a topic without a source
   */
  async republish(topic: string): Promise<number> {
    const source = this.source(topic);
    let total = 0;
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const after: string | null = cursor ?? null;
      const page = await this.dataSource.transaction('READ COMMITTED', (manager) => this.page(manager, source, after));
      total += page.added;
      cursor = page.cursor;
    }
    this.outbox.wake();
    return total;
  }

  /** Notes, in the transaction of `manager`, that topics have to be published anew; `continue` does it. */
  async request(manager: EntityManager, topics: string[]): Promise<void> {
    await manager.query(
      `INSERT INTO relay_republish (topic) SELECT unnest($1::text[])
       ON CONFLICT (topic) DO UPDATE SET cursor = NULL, requested_at = now()`,
      [topics],
    );
  }

  /** Adds one page of what was requested. Its progress commits with it. Returns false when nothing is left to do. */
  async continue(): Promise<boolean> {
    return this.dataSource.transaction('READ COMMITTED', async (manager) => {
      const [request] = await manager.query<Array<{ topic: string; cursor: string | null }>>(
        `SELECT topic, cursor FROM relay_republish WHERE topic = ANY($1) ORDER BY requested_at, topic LIMIT 1 FOR UPDATE`,
        [this.topics],
      );
      if (!request) return false;
      const { cursor } = await this.page(manager, this.source(request.topic), request.cursor);
      await (cursor === null
        ? manager.query(`DELETE FROM relay_republish WHERE topic = $1`, [request.topic])
        : manager.query(`UPDATE relay_republish SET cursor = $2 WHERE topic = $1`, [request.topic, cursor]));
      return true;
    });
  }

  private source(topic: string): RepublishSource {
    const source = this.sources.find((candidate) => candidate.topic === topic);
    if (!source) throw new Error(`Nothing says how to publish topic ${topic} anew`);
    return source;
  }

  // A row is read again once its key is locked. Otherwise it could be changed, and the change be published, before the
  // snapshot of its old state gets its place in the outbox, and a compacted topic would keep the old state for ever. What
  // appears between the two reads brings its own fact along.
  private async page(manager: EntityManager, source: RepublishSource, after: string | null): Promise<Page> {
    const seen = await source.read(manager, after, pageRows);
    const last = seen.at(-1);
    if (!last) return { cursor: null, added: 0 };
    const keys = new Set(seen.map(({ fact }) => keyOf(fact)));
    await this.outbox.lock(manager, ...keys);
    const current = (await source.read(manager, after, pageRows)).filter(({ fact }) => keys.has(keyOf(fact)));
    const added = await this.add(manager, current);
    return { cursor: last.cursor, added };
  }

  private async add(manager: EntityManager, rows: CurrentFact[]): Promise<number> {
    const valid = rows.filter((row) => this.isValid(row));
    const declarations = valid.map(({ fact }) => declarationOf(fact));
    await manager.query(
      `SELECT outbox_add(topic, key, type, payload::json, fact_id, NULL, version, true)
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::bigint[])
            AS current(topic, key, type, payload, fact_id, version)`,
      [
        declarations.map(({ topic }) => topic),
        valid.map(({ fact }) => keyOf(fact)),
        declarations.map(({ type }) => type),
        valid.map(({ fact }) => JSON.stringify(fact)),
        valid.map(() => factId()),
        valid.map(({ version }) => version),
      ],
    );
    return valid.length;
  }

  // One row that today's rules refuse must not keep all others from being published.
  private isValid({ fact, cursor }: CurrentFact): boolean {
    try {
      validateFact(fact);
      return true;
    } catch (error) {
      if (!(error instanceof FactInvalid)) throw error;
      this.logger.error({ err: error, cursor }, 'a row is not a valid fact and is left out of its topic');
      return false;
    }
  }
}

function keyOf(fact: object): string {
  return declarationOf(fact).key(fact);
}
