import { type DatabaseTransaction, databaseOf } from '@plaza/kafka';
import type { AnyBulkWriteOperation, Collection, Db } from 'mongodb';
import type { UserCacheEntry } from './user-cache.entity.js';
import type { UserCacheStore } from './user-cache.store.js';
import { lastChanges, type ReceivedUser, type UserChange } from './user-change.js';

interface UserCacheDocument {
  _id: string;
  username: string | null;
  display_name: string | null;
  avatar_url: string | null;
  verified: boolean;
  privacy_level: UserCacheEntry['privacyLevel'];
  account_status: UserCacheEntry['accountStatus'];
  audience: UserCacheEntry['audience'];
  version: number;
  deleted: boolean;
  last_synced: Date;
  created_at: Date;
  updated_at: Date;
}

/** The cache in the service's MongoDB database, as the collection `user_cache`. */
export class MongoUserCacheStore implements UserCacheStore {
  constructor(private readonly db: Db) {}

  async findMany(ids: readonly string[]): Promise<Map<string, UserCacheEntry>> {
    if (ids.length === 0) return new Map();
    const documents = await collectionIn(this.db)
      .find({ _id: { $in: [...new Set(ids)] } })
      .toArray();
    return new Map(documents.map((document) => [document._id, entryOf(document)]));
  }

  /** Without a session each entry is written on its own; with one, within its transaction. */
  async apply({ session }: DatabaseTransaction, users: readonly ReceivedUser[]): Promise<void> {
    const writes = lastChanges(users).map(guardedUpsert);
    if (writes.length === 0) return;
    // The session is the consumers', whose client is another.
    const db = session ? databaseOf(session, this.db.databaseName) : this.db;
    await collectionIn(db).bulkWrite(writes, { ordered: false, session });
  }
}

function collectionIn(db: Db): Collection<UserCacheDocument> {
  return db.collection('user_cache');
}

/**
 * The filter is the id alone and the guard is in the update. With the version in the filter, an older fact would match
 * nothing, try to insert, and fail on the id that is there; and only a filter on the id alone lets the server itself repeat
 * an upsert that lost the race with another for the same new id.
 */
function guardedUpsert(change: UserChange): AnyBulkWriteOperation<UserCacheDocument> {
  const newer = { $lt: [{ $ifNull: ['$version', -1] }, change.version] };
  const times = { last_synced: '$$NOW', created_at: { $ifNull: ['$created_at', '$$NOW'] }, updated_at: '$$NOW' };
  // $literal, because a name may begin with a dollar sign.
  const replaced = { $mergeObjects: [{ $literal: documentOf(change) }, times] };
  return {
    updateOne: {
      filter: { _id: change.id },
      update: [{ $replaceWith: { $cond: [newer, replaced, '$$ROOT'] } }],
      upsert: true,
    },
  };
}

function documentOf(change: UserChange): Omit<UserCacheDocument, 'last_synced' | 'created_at' | 'updated_at'> {
  return {
    _id: change.id,
    username: change.username,
    display_name: change.displayName,
    avatar_url: change.avatarUrl,
    verified: change.verified,
    privacy_level: change.privacyLevel,
    account_status: change.accountStatus,
    audience: change.audience,
    version: change.version,
    deleted: change.deleted,
  };
}

function entryOf(document: UserCacheDocument): UserCacheEntry {
  return {
    id: document._id,
    username: document.username,
    displayName: document.display_name,
    avatarUrl: document.avatar_url,
    verified: document.verified,
    privacyLevel: document.privacy_level,
    accountStatus: document.account_status,
    audience: document.audience,
    version: document.version,
    deleted: document.deleted,
    lastSynced: document.last_synced,
    createdAt: document.created_at,
    updatedAt: document.updated_at,
  };
}
