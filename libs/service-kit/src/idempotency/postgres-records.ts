import type { EntityManager } from 'typeorm';
import {
  type IdempotencyRecord,
  type IdempotencyRecords,
  type IdempotencyScope,
  keyBusy,
} from './idempotent-request.js';

interface Claim {
  busy: boolean;
  known_fingerprint: string | null;
  known_result: { value?: unknown } | null;
}

/** The records in a transaction of PostgreSQL. */
export class PostgresRecords implements IdempotencyRecords {
  constructor(private readonly manager: EntityManager) {}

  async claim({ userId, route, key }: IdempotencyScope): Promise<IdempotencyRecord | undefined> {
    const [found] = await this.manager.query<Claim[]>('SELECT * FROM idempotency_claim($1, $2, $3)', [
      userId,
      route,
      key,
    ]);
    if (!found || found.busy) throw keyBusy();
    const { known_fingerprint: fingerprint, known_result: result } = found;
    return fingerprint === null || result === null ? undefined : { fingerprint, result };
  }

  async record({ userId, route, key, fingerprint }: IdempotencyScope, value: unknown): Promise<void> {
    // A row that is still there is older than 24 hours, or the claim would have found it.
    await this.manager.query(
      `INSERT INTO idempotency_keys (user_id, route, key, fingerprint, result) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (user_id, route, key) DO UPDATE
       SET fingerprint = excluded.fingerprint, result = excluded.result, created_at = excluded.created_at`,
      [userId, route, key, fingerprint, JSON.stringify({ value })],
    );
  }
}
