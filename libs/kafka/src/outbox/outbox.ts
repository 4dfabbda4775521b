import { declarationOf, validateFact } from '@plaza/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import { factId } from '../fact-id.js';
import { traceStorage } from '../trace.js';
import { CommitWatch } from './commits.js';

/** A fact as arguments of the SQL function `outbox_add`. */
export interface OutboxParameters {
  /** Six values for six consecutive placeholders. */
  values: unknown[];
  /**
   * The SQL of the call: `outbox_add($3, $4, ...)`. It must be selected from, or Postgres leaves it out of the statement.
   * `version` is an SQL expression for the fact's version; without it the outbox draws one, and the call returns it.
   * `fields` are SQL expressions for fields of the payload that only the statement itself finds. They take the place of
   * stand-ins with which the fact was made and validated, so they must be of a kind that can't break a rule: ids and times.
   */
  call(startAt: number, version?: string, fields?: Readonly<Record<string, string>>): string;
}

/**
 * Where a service puts the facts that its changes imply, in the transaction of the change. They reach Kafka after the
 * commit, at least once, those of one key in the order of their commits.
 */
export class Outbox {
  private readonly commits = new CommitWatch(() => this.wake());

  /** `background` is used to count; `onWake` is told that committed facts are waiting. */
  constructor(
    private readonly background: DataSource,
    private readonly onWake: () => void,
  ) {}

  /**
   * Adds a fact in the open transaction of `manager`, after taking the lock of its key, which is held until the end of the
   * transaction. Returns the fact's version.
   * @throws FactInvalid, FactUnknown; Error outside a transaction
   */
  async add(manager: EntityManager, fact: object): Promise<number> {
    const { values, call } = this.prepare(fact);
    this.expectCommit(manager);
    const [row] = await manager.query<Array<{ version: string }>>(`SELECT ${call(1)} AS version`, values);
    return Number(row?.version);
  }

  /**
   * Adds many facts in one statement, otherwise as `add` does: takes the locks of their keys in one order for all, and those
   * of one key keep theirs.
   * @throws FactInvalid, FactUnknown; Error outside a transaction
   */
  async addAll(manager: EntityManager, facts: readonly object[]): Promise<void> {
    if (facts.length === 0) return;
    const rows = facts.map((fact) => this.prepare(fact).values).sort(byKey);
    this.expectCommit(manager);
    await manager.query(
      `SELECT outbox_add(topic, key, type, payload, fact_id, traceparent)
         FROM unnest($1::text[], $2::text[], $3::text[], $4::json[], $5::uuid[], $6::text[])
              AS added (topic, key, type, payload, fact_id, traceparent)`,
      columnsOf(rows),
    );
  }

  /**
   * A fact for a change that is one statement, and so needs no transaction around it:
   * `WITH created AS (INSERT ... RETURNING id) SELECT id, ${call(4)} AS version FROM created`. Call `wake` afterwards.
   * @throws FactInvalid, FactUnknown
   */
  prepare(fact: object): OutboxParameters {
    validateFact(fact);
    const { topic, type, key } = declarationOf(fact);
    const traceparent = traceStorage.getStore()?.traceparent ?? null;
    return { values: [topic, key(fact), type, JSON.stringify(fact), factId(), traceparent], call: outboxCall };
  }

  /**
   * Takes the locks of keys until the end of the transaction, in one order for all, for changes that must read before they
   * know their fact. `add` takes its own.
   */
  async lock(manager: EntityManager, ...keys: string[]): Promise<void> {
    if (!manager.queryRunner?.isTransactionActive) throw new Error('A key can be locked in an open transaction only');
    await manager.query('SELECT outbox_lock(key) FROM unnest($1::text[]) AS key', [[...keys].sort()]);
  }

  /** Says that facts were committed by a statement of one's own (see `prepare`). */
  wake(): void {
    this.onWake();
  }

  /** Facts that have not reached Kafka yet. */
  async backlog(): Promise<number> {
    const [row] = await this.background.query<Array<{ count: string }>>(
      'SELECT count(*) FROM outbox WHERE published_at IS NULL',
    );
    return Number(row?.count);
  }

  private expectCommit({ queryRunner, dataSource }: EntityManager): void {
    if (!queryRunner?.isTransactionActive) throw new Error('A fact can be added in an open transaction only');
    this.commits.expect(dataSource, queryRunner);
  }
}

const outboxCall: OutboxParameters['call'] = (startAt, version = 'NULL', fields = {}) => {
  const [topic, key, type, payload, ...rest] = Array.from({ length: 6 }, (_, index) => `$${startAt + index}`);
  const found = Object.entries(fields).map(([field, value]) => `'${field}', ${value}`);
  const whole = found.length === 0 ? payload : `(${payload}::jsonb || jsonb_build_object(${found.join(', ')}))::json`;
  return `outbox_add(${[topic, key, type, whole, ...rest, version].join(', ')})`;
};

function byKey([, one]: unknown[], [, other]: unknown[]): number {
  if (one === other) return 0;
  return String(one) < String(other) ? -1 : 1;
}

function columnsOf(rows: unknown[][]): unknown[][] {
  return Array.from({ length: 6 }, (_, column) => rows.map((row) => row[column]));
}
