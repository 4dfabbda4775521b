import { createTestDatabase } from '@plaza/testing';
import { DataSource } from 'typeorm';
import { kafkaMigrations } from '../src/migrations.js';
import type { Ledger, LedgerPool, ParkedRow } from './ledger.js';

export class PostgresLedger implements Ledger {
  private constructor(
    readonly url: string,
    private readonly dataSource: DataSource,
    private readonly drop: () => Promise<void>,
  ) {}

  /** On the server of the tests, or in the database of another one. */
  static async start(url?: string): Promise<PostgresLedger> {
    const database = url
      ? { url, drop: async () => undefined }
      : await createTestDatabase({ template: 'consumers', migrate });
    if (url) await migrate(url);
    return new PostgresLedger(database.url, await connect(database.url), () => database.drop());
  }

  static async poolOf(url: string): Promise<LedgerPool> {
    const database = await connect(url);
    const close = async (): Promise<void> => {
      if (database.isInitialized) await database.destroy();
    };
    return { database, close };
  }

  pool(): Promise<LedgerPool> {
    return PostgresLedger.poolOf(this.url);
  }

  async applied(consumer: string, key?: string): Promise<number[]> {
    const rows = await this.dataSource.query<Array<{ step: number }>>(
      `SELECT step FROM applied WHERE consumer = $1 AND ($2::text IS NULL OR key = $2) ORDER BY id`,
      [consumer, key ?? null],
    );
    return rows.map(({ step }) => step);
  }

  async clearApplied(): Promise<void> {
    await this.dataSource.query('DELETE FROM applied');
  }

  async positions(consumer: string): ReturnType<Ledger['positions']> {
    return this.dataSource.query(
      `SELECT topic, kafka_partition AS partition, next_offset AS offset, cluster_id AS "clusterId"
       FROM consumer_positions WHERE consumer = $1`,
      [consumer],
    );
  }

  async parkedKeys(): Promise<ParkedRow[]> {
    return this.dataSource.query('SELECT key, state, attempts FROM parked_keys ORDER BY key');
  }

  async park(consumer: string, topic: string, key: string): Promise<void> {
    await this.dataSource.query(`INSERT INTO parked_keys VALUES ($1, $2, $3, 'PARKED', 4, now(), 'earlier', now())`, [
      consumer,
      topic,
      key,
    ]);
  }

  async announced(): Promise<unknown[]> {
    return this.dataSource.query('SELECT topic, key, type, payload FROM outbox');
  }

  async marks(): ReturnType<Ledger['marks']> {
    return this.dataSource.query('SELECT kafka_partition AS partition, kafka_offset AS offset FROM inbox ORDER BY 2');
  }

  async mark(consumer: string, o: { offset: number; days: number; clusterId: string }): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO inbox VALUES ($1, gen_random_uuid(), 'parcel', 0, $2, $3, now() - $4 * interval '1 day')`,
      [consumer, o.offset, o.clusterId, o.days],
    );
  }

  async movePositions(offset: number): Promise<void> {
    await this.dataSource.query(`UPDATE consumer_positions SET next_offset = $1 WHERE kafka_partition = 0`, [offset]);
  }

  async ageLetters(payload?: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE dead_letters SET parked_at = now() - interval '31 days' WHERE $1::text IS NULL OR payload = $1::bytea`,
      [payload ?? null],
    );
  }

  async stop(): Promise<void> {
    await this.dataSource.destroy();
    await this.drop();
  }
}

async function connect(url: string): Promise<DataSource> {
  // As a service's pool for consumers does: a process that hangs in a transaction must not hold its locks for long.
  const extra = { connectionTimeoutMillis: 1_000, query_timeout: 5_000, idle_in_transaction_session_timeout: 5_000 };
  const dataSource = new DataSource({ type: 'postgres', url, entities: [], poolSize: 6, extra });
  return dataSource.initialize();
}

async function migrate(url: string): Promise<void> {
  const dataSource = new DataSource({ type: 'postgres', url, migrations: kafkaMigrations });
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.query(
    'CREATE TABLE applied (id bigint GENERATED ALWAYS AS IDENTITY, consumer text, key text, step int)',
  );
  await dataSource.destroy();
}
