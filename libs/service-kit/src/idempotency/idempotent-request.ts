import { AsyncLocalStorage } from 'node:async_hooks';
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

/** What an earlier request with the same key has left. */
export interface IdempotencyRecord {
  readonly fingerprint: string;
  readonly result: { readonly value?: unknown };
}

/** The records of a database, in one of its transactions. */
export interface IdempotencyRecords {
  /**
   * Takes the key, until the end of the transaction, or gives the record of who had it before; not one older than 24 hours.
   * @throws Conflict IDEMPOTENCY_BUSY while somebody else has it
   */
  claim(scope: IdempotencyScope): Promise<IdempotencyRecord | undefined>;
  record(scope: IdempotencyScope, value: unknown): Promise<void>;
}

/** What a change that is its own record has come to: see `ownRecord`. */
export interface OwnRecord<T> {
  result: T;
  /** It was there already. */
  replayed: boolean;
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

  /** The one change of the request that is @Idempotent, where there is such a request. */
  static async counted<T>(run: (request?: IdempotentRequest) => Promise<T>): Promise<T> {
    const request = storage.getStore();
    request?.begin();
    try {
      return await run(request);
    } catch (error) {
      request?.failed();
      throw error;
    }
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

  /**
   * Does the work, once for all requests with this key, and records its result in the same transaction.
   * @throws Conflict IDEMPOTENCY_BUSY, Invalid IDEMPOTENCY_KEY_REUSED
   */
  async once<T>(records: IdempotencyRecords, work: () => Promise<T>): Promise<T> {
    const known = this.scope && (await records.claim(this.scope));
    if (known) return this.replay(known) as T;
    const value = await work();
    assertJson(value);
    if (this.scope) await records.record(this.scope, value);
    return value;
  }

  /** Does work that finds by itself what an earlier request with this key has made. */
  async own<T>(work: (scope?: IdempotencyScope) => Promise<OwnRecord<T>>): Promise<T> {
    const { result, replayed } = await work(this.scope);
    this.fromRecord = replayed;
    return result;
  }

  /** Gives the result of an earlier request. @throws Invalid IDEMPOTENCY_KEY_REUSED */
  private replay({ fingerprint, result }: IdempotencyRecord): unknown {
    if (fingerprint !== this.scope?.fingerprint) throw keyReused();
    this.fromRecord = true;
    return result.value;
  }

  /** Notes that the request's transaction begins. Everything that has to happen once belongs into one. */
  private begin(): void {
    if (this.runs) throw new Error('A request to an @Idempotent route may run transaction() only once');
    this.runs = true;
  }

  /** Notes that it was rolled back, so that another may be tried. */
  private failed(): void {
    this.runs = false;
  }
}

/**
 * Runs a change that is its own record: in somebody else's transaction, say, or with an id that the client knows. Nothing is
 * recorded of the request. Where it came with an Idempotency-Key, `work` is told its scope, makes what it makes under an id
 * derived from that, and at a repetition finds it, answers for a body that differs, and says that it was there already.
 */
export function ownRecord<T>(work: (scope?: IdempotencyScope) => Promise<OwnRecord<T>>): Promise<T> {
  return IdempotentRequest.counted(async (request) => (request ? request.own(work) : (await work()).result));
}

/** The answer for a key whose first request is still under way. */
export function keyBusy(): Conflict {
  return new Conflict('IDEMPOTENCY_BUSY', 'A request with this Idempotency-Key is being worked on.', { retryAfter: 1 });
}

function keyReused(): Invalid {
  return new Invalid('IDEMPOTENCY_KEY_REUSED', 'The Idempotency-Key was used for a different request.');
}
