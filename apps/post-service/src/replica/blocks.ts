import type { BlockState } from '@plaza/contracts';
import type { ReceivedFact } from '@plaza/kafka';
import type { EntityManager } from 'typeorm';

// Of each key the newest; in the order of keys, so that two chunks at once can't lock each other.
const APPLY = `
  INSERT INTO blocks AS known (blocker_id, blocked_id, version, deleted)
  SELECT DISTINCT ON (blocker_id, blocked_id) blocker_id, blocked_id, version, deleted
    FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::boolean[]) AS told (blocker_id, blocked_id, version, deleted)
   ORDER BY blocker_id, blocked_id, version DESC
      ON CONFLICT (blocker_id, blocked_id) DO UPDATE
     SET version = excluded.version, deleted = excluded.deleted, updated_at = now()
   WHERE known.version < excluded.version`;

/** Applies facts in any order, duplicates included: each block ends at its newest state. */
export async function applyBlocks(manager: EntityManager, facts: ReceivedFact<BlockState>[]): Promise<void> {
  await manager.query(APPLY, [
    facts.map(({ fact }) => fact.blockerId),
    facts.map(({ fact }) => fact.blockedId),
    facts.map(({ version }) => version),
    facts.map(({ type }) => type === 'block.deleted'),
  ]);
}
