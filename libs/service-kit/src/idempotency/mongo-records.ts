import type { ClientSession, Collection, Db } from 'mongodb';
import { isDuplicateKey } from '../mongo/mongo-errors.js';
import {
  type IdempotencyRecord,
  type IdempotencyRecords,
  type IdempotencyScope,
  keyBusy,
} from './idempotent-request.js';

interface KeyDocument {
  /** User, route and key. */
  _id: string;
  fingerprint: string;
  /** JSON; null until the transaction that has the key ends. */
  result: string | null;
  created_at: Date;
}

const DAY_MS = 86_400_000;
const WRITE_CONFLICT = 112;

/** Thrown in a transaction that met another one with the same key, which may be committed by now. */
export class KeyTaken extends Error {
  override readonly name = 'KeyTaken';
}

/** The records in a transaction of MongoDB. */
export class MongoRecords implements IdempotencyRecords {
  private readonly keys: Collection<KeyDocument>;

  constructor(
    db: Db,
    private readonly session: ClientSession,
  ) {
    this.keys = keysIn(db);
  }

  /** Writes the key's document first of all, so that of two transactions with one key one gets no further. */
  async claim(scope: IdempotencyScope): Promise<IdempotencyRecord | undefined> {
    const { session } = this;
    const claimed = { fingerprint: scope.fingerprint, result: null, created_at: '$$NOW' };
    const expired = { $lte: [{ $ifNull: ['$created_at', new Date(0)] }, { $subtract: ['$$NOW', DAY_MS] }] };
    const update = [{ $replaceWith: { $cond: [expired, { $mergeObjects: ['$$ROOT', claimed] }, '$$ROOT'] } }];
    try {
      const options = { session, upsert: true, returnDocument: 'after' } as const;
      return recordOf(await this.keys.findOneAndUpdate({ _id: idOf(scope) }, update, options));
    } catch (error) {
      if (!metAnother(error)) throw error;
      // Without its cause, by which the transaction would be tried again.
      throw new KeyTaken('The key belongs to another transaction');
    }
  }

  async record(scope: IdempotencyScope, value: unknown): Promise<void> {
    const result = JSON.stringify({ value });
    await this.keys.updateOne({ _id: idOf(scope) }, { $set: { result } }, { session: this.session });
  }
}

/** What is committed: for who has met another transaction. */
export function committedRecords(db: Db): IdempotencyRecords {
  return {
    async claim(scope) {
      const known = recordOf(await keysIn(db).findOne({ _id: idOf(scope) }));
      if (!known) throw keyBusy();
      return known;
    },
    record: () => Promise.reject(new Error('What is committed has its record')),
  };
}

function keysIn(db: Db): Collection<KeyDocument> {
  return db.collection('idempotency_keys');
}

function idOf({ userId, route, key }: IdempotencyScope): string {
  return `${userId} ${route} ${key}`;
}

function recordOf(document: KeyDocument | null): IdempotencyRecord | undefined {
  if (!document?.result) return undefined;
  return { fingerprint: document.fingerprint, result: JSON.parse(document.result) };
}

function metAnother(error: unknown): boolean {
  return isDuplicateKey(error) || (error instanceof Error && 'code' in error && error.code === WRITE_CONFLICT);
}
