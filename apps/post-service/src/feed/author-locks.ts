import type { EntityManager } from 'typeorm';

/**
 * Takes the locks of authors until the end of the transaction, in one order for all: alone, to change who reads them or to
 * take a post out of timelines; together with others, to write a post to timelines. A statement of its own: in READ
 * COMMITTED only the statements after it see what was committed while it waited.
 */
export async function lockAuthors(
  manager: EntityManager,
  { alone = [], together = [] }: { alone?: string[]; together?: string[] },
): Promise<void> {
  const exclusive = new Set(alone);
  const authors = [...new Set([...alone, ...together])].sort();
  await manager.query(LOCK, [authors, authors.map((id) => exclusive.has(id))]);
}

const LOCK = `
  SELECT CASE WHEN alone THEN pg_advisory_xact_lock(key) ELSE pg_advisory_xact_lock_shared(key) END
    FROM (SELECT hashtextextended('feed:' || author_id, 0) AS key, alone
            FROM unnest($1::uuid[], $2::boolean[]) AS asked (author_id, alone)) AS keys`;
