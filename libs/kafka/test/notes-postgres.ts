import { fact } from '@plaza/contracts';
import { createTestDatabase } from '@plaza/testing';
import type { Kafka } from 'kafkajs';
import { DataSource, type EntityManager } from 'typeorm';
import type { KafkaLink } from '../src/kafka-link.js';
import { kafkaMigrations } from '../src/migrations.js';
import type { Outbox } from '../src/outbox/outbox.js';
import type { RepublishSource } from '../src/outbox/republish-source.js';
import { PostgresLeaseStore } from '../src/postgres/lease-store.js';
import { createPostgresProducing } from '../src/postgres/producing.js';
import type { ProducingOptions } from '../src/producing.js';
import type { LeaseStore } from '../src/relay/lease.js';
import { NoteKept } from './note.facts.js';
import { type KeptNote, type Notes, noteKept, type Producer } from './notes.js';

/** Notes and their outbox in PostgreSQL. */
export class PostgresNotes implements Notes {
  private constructor(
    readonly url: string,
    readonly dataSource: DataSource,
    private readonly drop: () => Promise<void>,
  ) {}

  /** On the server of the tests, or in the database of another one. */
  static async start(url?: string): Promise<PostgresNotes> {
    const database = url
      ? { url, drop: async () => undefined }
      : await createTestDatabase({ template: 'outbox', migrate });
    if (url) await migrate(url);
    return new PostgresNotes(database.url, await connect(database.url, 20), () => database.drop());
  }

  /** To a database that is ready. */
  static async connect(url: string): Promise<PostgresNotes> {
    return new PostgresNotes(url, await connect(url, 1), async () => undefined);
  }

  async producer(
    options: ProducingOptions,
    kafka: Kafka,
    link: KafkaLink,
    o: { afterRead?: () => Promise<void> } = {},
  ): Promise<Producer & { outbox: Outbox }> {
    const background = await connect(this.url, 3);
    const republish = [keptNotes(o.afterRead)];
    const producing = createPostgresProducing({ ...options, background, republish }, kafka, link);
    const { outbox } = producing;
    return {
      ...producing,
      backlog: () => outbox.backlog(),
      add: (one) => this.dataSource.transaction((manager) => outbox.add(manager, one)),
      addSlowly: (one, { milliseconds = 0, thenThrow } = {}) =>
        this.dataSource.transaction(async (manager) => {
          await outbox.add(manager, one);
          await manager.query('SELECT pg_sleep($1 / 1000.0)', [milliseconds]);
          if (thenThrow) throw new Error(thenThrow);
        }),
      keep: (note, number) => this.keep(outbox, note, number),
      close: () => background.destroy(),
    };
  }

  leases(): LeaseStore {
    return new PostgresLeaseStore(this.dataSource);
  }

  async waiting(): Promise<number> {
    const [row] = await this.dataSource.query(
      `SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL AND failed_reason IS NULL)
            + (SELECT count(*) FROM relay_republish) AS waiting`,
    );
    return Number(row.waiting);
  }

  async holder(): Promise<string> {
    const [row] = await this.dataSource.query(
      `SELECT CASE WHEN until > clock_timestamp() THEN holder ELSE '' END AS holder FROM relay_lease`,
    );
    return row.holder;
  }

  async facts(): Promise<number> {
    const [row] = await this.dataSource.query('SELECT count(*)::int AS count FROM outbox');
    return row.count;
  }

  async placeOf(key: string): Promise<{ factId: string; partition: number; offset: string }> {
    const [row] = await this.dataSource.query(
      `SELECT fact_id AS "factId", kafka_partition AS partition, kafka_offset AS "offset" FROM outbox WHERE key = $1`,
      [key],
    );
    return row;
  }

  async failed(): Promise<Array<{ key: string; reason: string }>> {
    return this.dataSource.query(
      `SELECT key, failed_reason AS reason FROM outbox WHERE failed_reason IS NOT NULL ORDER BY id`,
    );
  }

  async mendFailed(payload: object): Promise<void> {
    await this.dataSource.query(`UPDATE outbox SET payload = $1 WHERE failed_reason IS NOT NULL`, [
      JSON.stringify(payload),
    ]);
  }

  async forget(keys: string[]): Promise<void> {
    await this.dataSource.query(`DELETE FROM outbox WHERE key = ANY($1)`, [keys]);
  }

  async fill(count: number): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO notes SELECT 'row-' || lpad(n::text, 5, '0'), n, n * 10 FROM generate_series(1, $1::int) n`,
      [count],
    );
  }

  async spoil(note: string): Promise<void> {
    await this.dataSource.query(`UPDATE notes SET number = NULL WHERE note = $1`, [note]);
  }

  async kept(): Promise<KeptNote[]> {
    return this.dataSource.query(`SELECT note, number, version FROM notes ORDER BY note`);
  }

  async stop(): Promise<void> {
    await this.dataSource.destroy();
    await this.drop();
  }

  private async keep(outbox: Outbox, note: string, number: number): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const version = await outbox.add(manager, noteKept(note, number));
      await manager.query(
        `INSERT INTO notes VALUES ($1, $2, $3) ON CONFLICT (note) DO UPDATE SET number = $2, version = $3`,
        [note, number, version],
      );
    });
  }
}

/** What publishes `kept-note` anew: the rows of `notes`. */
function keptNotes(afterRead: () => Promise<void> = async () => undefined): RepublishSource {
  return {
    topic: 'kept-note',
    async read(manager: EntityManager, after: string | null, limit: number) {
      const rows = await manager.query<KeptNote[]>(
        `SELECT note, number, version FROM notes WHERE note > $1 ORDER BY note LIMIT $2`,
        [after ?? '', limit],
      );
      await afterRead();
      return rows.map(({ note, number, version }) => {
        return { cursor: note, fact: fact(NoteKept, { note, number }), version: Number(version) };
      });
    },
  };
}

async function migrate(url: string): Promise<void> {
  const dataSource = await new DataSource({ type: 'postgres', url, migrations: kafkaMigrations }).initialize();
  await dataSource.runMigrations();
  await dataSource.query(`CREATE TABLE notes (note text COLLATE "C" PRIMARY KEY, number integer, version bigint)`);
  await dataSource.destroy();
}

async function connect(url: string, poolSize: number): Promise<DataSource> {
  return new DataSource({ type: 'postgres', url, poolSize, entities: [] }).initialize();
}
