import type { MuteDeleted, MuteState } from '@plaza/contracts';
import type { ReceivedFact } from '@plaza/kafka';
import type { EntityManager } from 'typeorm';

const APPLY = `
  INSERT INTO mutes AS known (muter_id, muted_id, posts, until, version, deleted)
  SELECT DISTINCT ON (muter_id, muted_id) muter_id, muted_id, posts, until, version, deleted
    FROM unnest($1::uuid[], $2::uuid[], $3::boolean[], $4::timestamptz[], $5::bigint[], $6::boolean[])
         AS told (muter_id, muted_id, posts, until, version, deleted)
   ORDER BY muter_id, muted_id, version DESC
      ON CONFLICT (muter_id, muted_id) DO UPDATE
     SET posts = excluded.posts, until = excluded.until, version = excluded.version, deleted = excluded.deleted,
         updated_at = now()
   WHERE known.version < excluded.version`;

/** Applies facts in any order, duplicates included: each mute ends at its newest state. */
export async function applyMutes(
  manager: EntityManager,
  facts: ReceivedFact<MuteState | MuteDeleted>[],
): Promise<void> {
  await manager.query(APPLY, [
    facts.map(({ fact }) => fact.muterId),
    facts.map(({ fact }) => fact.mutedId),
    facts.map(({ fact }) => 'posts' in fact && fact.posts),
    facts.map(({ fact }) => ('until' in fact ? fact.until : null)),
    facts.map(({ version }) => version),
    facts.map(({ type }) => type === 'mute.deleted'),
  ]);
}
