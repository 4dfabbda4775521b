import type { FollowStatus } from '@plaza/contracts';
import type { EntityManager } from 'typeorm';
import type { Reading } from '../feed/reading.js';

/** How a reader stands to an author, in one respect, as of a version. */
export interface RelationChange {
  readerId: string;
  authorId: string;
  state: FollowStatus | boolean;
  version: number;
}

/** The columns of one respect. */
export interface RelationWrite {
  state: string;
  type: string;
  version: string;
}

export const FOLLOWED: RelationWrite = { state: 'follow_status', type: 'text', version: 'follow_version' };
export const FRIENDS: RelationWrite = { state: 'friends', type: 'boolean', version: 'friend_version' };

/**
 * Writes changes in any order, duplicates included: each relation ends at the newest state in this respect. Gives those in
 * which the author's posts came to belong in the reader's home feed, or ceased to.
 */
export async function writeRelations(
  manager: EntityManager,
  write: RelationWrite,
  changes: RelationChange[],
): Promise<{ began: Reading[]; ended: Reading[] }> {
  const turned = await manager.query<Array<Reading & { feeds: boolean }>>(statement(write), [
    changes.map(({ readerId }) => readerId),
    changes.map(({ authorId }) => authorId),
    changes.map(({ state }) => state),
    changes.map(({ version }) => version),
  ]);
  return { began: turned.filter(({ feeds }) => feeds), ended: turned.filter(({ feeds }) => !feeds) };
}

function statement({ state, type, version }: RelationWrite): string {
  return `
    WITH written AS (
      INSERT INTO relations AS known (reader_id, author_id, ${state}, ${version})
      SELECT DISTINCT ON (reader_id, author_id) reader_id, author_id, state, version
        FROM unnest($1::uuid[], $2::uuid[], $3::${type}[], $4::bigint[]) AS told (reader_id, author_id, state, version)
       ORDER BY reader_id, author_id, version DESC
          ON CONFLICT (reader_id, author_id) DO UPDATE
         SET ${state} = excluded.${state}, ${version} = excluded.${version}, updated_at = now()
       WHERE known.${version} < excluded.${version}
      RETURNING new.reader_id, new.author_id, new.feeds, coalesce(old.feeds, false) AS fed
    )
    SELECT reader_id AS "readerId", author_id AS "authorId", feeds FROM written WHERE feeds <> fed`;
}
