import type { SigningKeyPublished } from '@plaza/contracts';
import { type DatabaseTransaction, databaseOf } from '@plaza/kafka';
import type { Collection, Db } from 'mongodb';
import { SigningKeyStore } from './signing-key-store.js';
import type { PublishedKey } from './signing-keys.js';

interface KeyDocument {
  /** The kid. */
  _id: string;
  public_jwk: PublishedKey['publicJwk'];
  signs_from: Date;
  accepted_until: Date | null;
  version: number;
  created_at: Date;
  updated_at: Date;
}

const DAY_MS = 86_400_000;

/** The published keys in a MongoDB database. */
export class MongoSigningKeys extends SigningKeyStore {
  constructor(private readonly db: Db) {
    super();
  }

  async read(): Promise<PublishedKey[]> {
    const lately = { $gt: ['$accepted_until', { $subtract: ['$$NOW', DAY_MS] }] };
    const documents = await keysIn(this.db)
      .find({ $or: [{ accepted_until: null }, { $expr: lately }] })
      .toArray();
    return documents.map(({ _id: kid, public_jwk: publicJwk, accepted_until: acceptedUntil, version }) => {
      return { kid, publicJwk, acceptedUntil, version };
    });
  }

  async write({ session }: DatabaseTransaction, fact: SigningKeyPublished, version: number): Promise<void> {
    if (!session) throw new TypeError('signing keys are written in a transaction of MongoDB');
    const said = {
      public_jwk: { ...fact.publicJwk },
      signs_from: new Date(fact.signsFrom),
      accepted_until: fact.acceptedUntil === null ? null : new Date(fact.acceptedUntil),
      version,
    };
    const newer = { $lt: [{ $ifNull: ['$version', -1] }, version] };
    const times = { created_at: { $ifNull: ['$created_at', '$$NOW'] }, updated_at: '$$NOW' };
    const replaced = { $mergeObjects: ['$$ROOT', { $literal: said }, times] };
    const update = [{ $replaceWith: { $cond: [newer, replaced, '$$ROOT'] } }];
    const keys = keysIn(databaseOf(session, this.db.databaseName));
    await keys.updateOne({ _id: fact.kid }, update, { session, upsert: true });
  }
}

function keysIn(db: Db): Collection<KeyDocument> {
  return db.collection('signing_keys');
}
