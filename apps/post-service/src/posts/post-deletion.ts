import { fact, PostDeleted } from '@plaza/contracts';
import type { Outbox } from '@plaza/kafka';
import { transaction } from '@plaza/service-kit';
import type { DataSource, EntityManager } from 'typeorm';

interface DeletedRow {
  sharedPostId: string | null;
  deletedAt: Date;
}

/** The row stays, for what refers to it, but is shown to nobody again; its hashtags lead nowhere, and so they go. */
const DELETE_POST = `
  WITH gone AS (UPDATE posts SET deleted_at = now(), updated_at = now()
                 WHERE id = $1 AND author_id = $2 AND deleted_at IS NULL
                RETURNING position, shared_post_id, deleted_at),
       tags AS (DELETE FROM post_hashtags WHERE position = (SELECT position FROM gone))
  SELECT shared_post_id AS "sharedPostId", deleted_at AS "deletedAt" FROM gone`;

/** Deletes somebody's post. False: there is none, or it was deleted before. */
export async function deletePost(
  database: DataSource,
  outbox: Outbox,
  { id, authorId }: { id: string; authorId: string },
): Promise<boolean> {
  return transaction(database, async (manager: EntityManager) => {
    const [gone] = await manager.query<DeletedRow[]>(DELETE_POST, [id, authorId]);
    if (!gone) return false;
    const { sharedPostId, deletedAt } = gone;
    await outbox.add(manager, fact(PostDeleted, { id, authorId, sharedPostId, deletedAt: deletedAt.toISOString() }));
    return true;
  });
}
