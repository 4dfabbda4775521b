import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';
import { Conflict, Invalid } from '../errors/problems.js';
import { assertJson } from './assert-json.js';

/** What a client sent an Idempotency-Key for. */
export interface IdempotencyScope {
  readonly userId: string;
  /** Method and pattern: `POST /v1/posts/:id/comments`. */
  readonly route: string;
  readonly key: string;
  /** Tells whether a repetition asks for the same: a hash over address and body. */
  readonly fingerprint: string;
}

interface Claim {
  busy: boolean;
  known_fingerprint: string | null;
  known_result: { value?: unknown } | null;
}

const storage = new AsyncLocalStorage<IdempotentRequest>();

/** A request to a route that is @Idempotent, with or without a key. Its one transaction takes part through this. */
export class IdempotentRequest {
  private runs = false;
  private fromRecord = false;

  constructor(private readonly scope?: IdempotencyScope) {}

  static current(): IdempotentRequest | undefined {
    return storage.getStore();
  }

  /** The change was made by an earlier request with the same key; now its record was read. */
  get replayed(): boolean {
    return this.fromRecord;
  }

  /** The request came with a key, so its change is recorded. */
  get keyed(): boolean {
    return this.scope !== undefined;
  }

  /** The request has run its transaction. */
  get ran(): boolean {
    return this.runs;
  }

  run<T>(handle: () => T): T {
    return storage.run(this, handle);
  }

  /** Notes that the request's transaction begins. Everything that has to happen once belongs into one. */
  begin(): void {
    if (this.runs) throw new Error('A request to an @Idempotent route may run transaction() only once');
    this.runs = true;
  }

  /** Notes that it was rolled back, so that another may be tried. */
  failed(): void {
    this.runs = false;
  }

  /**
   * Does the work, once for all requests with this key, and records its result in the same transaction.
   * @throws Conflict IDEMPOTENCY_BUSY, Invalid IDEMPOTENCY_KEY_REUSED
   */
  async once<T>(manager: EntityManager, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const known = this.scope && (await claim(manager, this.scope));
    if (known) {
      this.fromRecord = true;
      return known.value as T;
    }
    const value = await work(manager);
    assertJson(value);
    if (this.scope) await record(manager, this.scope, value);
    return value;
  }
}

async function claim(manager: EntityManager, scope: IdempotencyScope): Promise<{ value?: unknown } | undefined> {
  const { userId, route, key, fingerprint } = scope;
  const [found] = await manager.query<Claim[]>('SELECT * FROM idempotency_claim($1, $2, $3)', [userId, route, key]);
  if (!found || found.busy) throw busy();
  if (found.known_fingerprint === null || found.known_result === null) return undefined;
  if (found.known_fingerprint === fingerprint) return found.known_result;
  throw new Invalid('IDEMPOTENCY_KEY_REUSED', 'The Idempotency-Key was used for a different request.');
}

async function record(manager: EntityManager, scope: IdempotencyScope, value: unknown): Promise<void> {
  const { userId, route, key, fingerprint } = scope;
  // A row that is still there is older than 24 hours, or the claim would have found it.
  await manager.query(
    `INSERT INTO idempotency_keys (user_id, route, key, fingerprint, result) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (user_id, route, key) DO UPDATE
     SET fingerprint = excluded.fingerprint, result = excluded.result, created_at = excluded.created_at`,
    [userId, route, key, fingerprint, JSON.stringify({ value })],
  );
}

function busy(): Conflict {
  return new Conflict('IDEMPOTENCY_BUSY', 'A request with this Idempotency-Key is being worked on.', { retryAfter: 1 });
}
