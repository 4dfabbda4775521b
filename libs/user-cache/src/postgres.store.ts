import type { DatabaseTransaction } from '@plaza/kafka';
import type { DataSource } from 'typeorm';
import { In } from 'typeorm';
import { UserCacheEntry } from './user-cache.entity.js';
import type { UserCacheStore } from './user-cache.store.js';
import { lastChanges, type ReceivedUser } from './user-change.js';

/** The cache in the service's PostgreSQL database. */
export class PostgresUserCacheStore implements UserCacheStore {
  constructor(private readonly dataSource: DataSource) {}

  async findMany(ids: readonly string[]): Promise<Map<string, UserCacheEntry>> {
    if (ids.length === 0) return new Map();
    const entries = await this.dataSource.manager.findBy(UserCacheEntry, { id: In([...new Set(ids)]) });
    return new Map(entries.map((entry) => [entry.id, entry]));
  }

  async apply({ manager }: DatabaseTransaction, users: readonly ReceivedUser[]): Promise<void> {
    if (!manager) throw new TypeError('user_cache is written in a transaction of PostgreSQL');
    await manager.query(applyChanges, [JSON.stringify(lastChanges(users))]);
  }
}

const applyChanges = `
  INSERT INTO user_cache AS cached
         (id, username, display_name, avatar_url, verified, privacy_level, account_status, audience, version, deleted,
          last_synced, created_at, updated_at)
  SELECT id, username, "displayName", "avatarUrl", verified, "privacyLevel", "accountStatus", audience, version, deleted,
         now(), now(), now()
    FROM jsonb_to_recordset($1::jsonb) AS change
         (id uuid, username text, "displayName" text, "avatarUrl" text, verified boolean, "privacyLevel" text,
          "accountStatus" text, audience jsonb, version bigint, deleted boolean)
   ORDER BY id
      ON CONFLICT (id) DO UPDATE
     SET username = excluded.username, display_name = excluded.display_name, avatar_url = excluded.avatar_url,
         verified = excluded.verified, privacy_level = excluded.privacy_level,
         account_status = excluded.account_status, audience = excluded.audience, version = excluded.version,
         deleted = excluded.deleted, last_synced = excluded.last_synced, updated_at = excluded.updated_at
   WHERE cached.version < excluded.version`;
