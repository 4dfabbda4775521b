import type { EntityManager } from 'typeorm';
import type { FeedLimits } from './feed-limits.js';

/**
 * Cuts those of the users' timelines that have grown too long down to their newest entries, and raises their floors: what is
 * below is read from the posts. An entry that arrives below a floor is ignored, so nothing needs to be locked out meanwhile.
 */
export async function trimTimelines(
  manager: EntityManager,
  users: string[],
  { kept, keptAtMost }: Pick<FeedLimits, 'kept' | 'keptAtMost'>,
): Promise<void> {
  await manager.query(TRIM, [users, kept, keptAtMost]);
}

const TRIM = `
  WITH long AS (
    SELECT reader.id AS user_id,
           (SELECT position FROM timeline_entries WHERE user_id = reader.id ORDER BY position DESC OFFSET $2 LIMIT 1) AS floor
      FROM (SELECT DISTINCT unnest($1::uuid[])) AS reader (id)
     WHERE EXISTS (SELECT FROM timeline_entries WHERE user_id = reader.id ORDER BY position DESC OFFSET $3)
  ), raised AS (
    INSERT INTO timelines AS t (user_id, floor_position) SELECT user_id, floor FROM long ORDER BY user_id
        ON CONFLICT (user_id) DO UPDATE SET floor_position = greatest(t.floor_position, excluded.floor_position)
    RETURNING user_id, floor_position
  )
  DELETE FROM timeline_entries e USING raised WHERE e.user_id = raised.user_id AND e.position <= raised.floor_position`;
