import { Injectable } from '@nestjs/common';
import { Outbox } from '@plaza/kafka';
import type { EntityManager } from 'typeorm';
import { DAYS_KEPT } from '../notifications/partitions.js';
import { Telling } from '../notifications/telling.service.js';
import {
  aboutThem,
  type Cause,
  type CauseChange,
  type DeletedSubject,
  leaveUnread,
  moveOf,
  newestOf,
  subjectsOf,
  TOLD_CAUSE,
  type ToldCause,
} from './cause.js';

interface Happenings {
  changes?: readonly CauseChange[];
  deleted?: readonly DeletedSubject[];
}

const DAY_MS = 86_400_000;

/**
 * Keeps the causes by the facts about them, and has told what they come to. Facts may come late, twice and, where their keys or
 * topics differ, in any order.
 *
 * Who changes what somebody is told holds that recipient's lock; whoever looks at a post or comment to tell of it holds its lock,
 * shared, and who ends it does so alone. All take the latter first, both sorted, each before a statement that reads: it sees
 * everything that was done under the lock before.
 */
@Injectable()
export class CausesService {
  constructor(
    private readonly outbox: Outbox,
    private readonly telling: Telling,
  ) {}

  async apply(manager: EntityManager, { changes = [], deleted = [] }: Happenings): Promise<void> {
    const causes = newestOf(changes.filter(isRecent));
    await lockSubjects(manager, causes.flatMap(subjectsOf), deleted);
    const recipients = new Set([...causes.map(({ recipientId }) => recipientId), ...(await toldOf(manager, deleted))]);
    if (recipients.size > 0) await this.outbox.lock(manager, ...recipients);
    if (deleted.length > 0) await this.end(manager, deleted);
    if (causes.length > 0) await this.telling.move(manager, await record(manager, causes), moveOf);
  }

  private async end(manager: EntityManager, deleted: readonly DeletedSubject[]): Promise<void> {
    await manager.query(`INSERT INTO deleted_subjects (id) SELECT DISTINCT unnest($1::uuid[]) ON CONFLICT DO NOTHING`, [
      deleted.map(({ id }) => id),
    ]);
    await this.telling.withdrawAbout(manager, deleted);
    await this.telling.move(manager, await endShares(manager, deleted), leaveUnread);
  }
}

/** Causes are forgotten after a while, so what comes later than that might have been told already. */
function isRecent({ happenedAt }: CauseChange): boolean {
  return happenedAt.getTime() > Date.now() - DAYS_KEPT * DAY_MS;
}

async function lockSubjects(
  manager: EntityManager,
  looked: string[],
  deleted: readonly DeletedSubject[],
): Promise<void> {
  const alone = new Set(deleted.map(({ id }) => id));
  const subjects = [...new Set([...looked, ...alone])].sort();
  if (subjects.length === 0) return;
  await manager.query(
    `SELECT CASE WHEN alone THEN pg_advisory_xact_lock(hashtextextended('about ' || id, 0))
                 ELSE pg_advisory_xact_lock_shared(hashtextextended('about ' || id, 0)) END
       FROM unnest($1::text[], $2::boolean[]) AS subject (id, alone)`,
    [subjects, subjects.map((id) => alone.has(id))],
  );
}

/** Those who may have been told of what is deleted now. */
async function toldOf(manager: EntityManager, deleted: readonly DeletedSubject[]): Promise<string[]> {
  if (deleted.length === 0) return [];
  const rows: Array<{ id: string }> = await manager.query(
    `SELECT recipient_id AS id FROM notifications
      WHERE read_at IS NULL AND (post_id = ANY ($1) OR (post_id = ANY ($2) AND comment_id = ANY ($3)))
      UNION SELECT recipient_id FROM causes WHERE share_id = ANY ($1)`,
    aboutThem(deleted),
  );
  return rows.map(({ id }) => id);
}

/** Writes what is newer than what is known, and gives the causes that it has changed, as they are now. */
async function record(manager: EntityManager, changes: readonly CauseChange[]): Promise<Cause[]> {
  return manager.query<Cause[]>(
    `WITH given AS (
       SELECT * FROM jsonb_to_recordset($1::jsonb) AS given (
         "recipientId" uuid, "actorId" uuid, type text, "referenceId" uuid, "itemId" uuid, "postId" uuid, "commentId" uuid,
         "shareId" uuid, version bigint, stands boolean, "happenedAt" timestamptz, "answeredBy" bigint)
     ), changed AS (
       INSERT INTO causes AS c (recipient_id, actor_id, type, reference_id, item_id, share_id, version, stands)
       SELECT "recipientId", "actorId", type, "referenceId", "itemId", "shareId", version, stands FROM given
       ON CONFLICT (recipient_id, actor_id, type, reference_id, item_id) DO UPDATE
          SET version = excluded.version, stands = excluded.stands, share_id = excluded.share_id, updated_at = now()
        WHERE c.version < excluded.version
       RETURNING c.*, coalesce(old.version, 0) AS version_before
     )
     SELECT g."recipientId", g."actorId", g.type, g."referenceId", g."itemId", g."postId", g."commentId", g.stands,
            c.notification_id AS "notificationId", l.notification_id AS "latestId", c.spent,
            g."answeredBy" > c.version_before AS answered,
            is_silenced(g."recipientId", g."actorId", g."happenedAt") AS silenced,
            EXISTS (SELECT FROM deleted_subjects d WHERE d.id IN (g."postId", g."commentId", g."shareId")) AS gone
       FROM changed c
       JOIN given g ON (g."recipientId", g."actorId", g.type, g."referenceId", g."itemId")
                     = (c.recipient_id, c.actor_id, c.type, c.reference_id, c.item_id)
       LEFT JOIN latest_notifications l ON (l.recipient_id, l.type, l.reference_id) = (c.recipient_id, c.type, c.reference_id)
      ORDER BY c.version`,
    [JSON.stringify(changes)],
  );
}

/** Undoes the shares among what was deleted, unless the same person has shared again since. */
async function endShares(manager: EntityManager, deleted: readonly DeletedSubject[]): Promise<ToldCause[]> {
  return manager.query<ToldCause[]>(
    `WITH ended AS (
       UPDATE causes c SET stands = false, version = d.version, updated_at = now()
         FROM unnest($1::uuid[], $2::bigint[]) AS d (id, version)
        WHERE c.share_id = d.id AND c.version < d.version
       RETURNING c.*
     )
     SELECT ${TOLD_CAUSE} FROM ended`,
    [deleted.map(({ id }) => id), deleted.map(({ version }) => version)],
  );
}
