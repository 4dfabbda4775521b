import { Injectable } from '@nestjs/common';
import { factId, Outbox } from '@plaza/kafka';
import type { EntityManager } from 'typeorm';
import {
  aboutThem,
  type Cause,
  type DeletedSubject,
  type Move,
  type NotificationState,
  type ToldCause,
} from '../causes/cause.js';
import { type ChangedRow, factsOf } from './notification.facts.js';
import { framesOf } from './notification.frames.js';
import { createdAtOf } from './notification.js';
import { shownColumns } from './notification.view.js';
import { unreadCounts } from './unread-counts.js';

/** A cause that may be told now; those that can only leave need not say about what they are. */
type Movable = ToldCause & Partial<Pick<Cause, 'postId' | 'commentId' | 'latestId'>>;

interface Moved {
  cause: Movable;
  move: Exclude<Move, 'stays'>;
  /** Where it is told from now on. */
  to: string | null;
}

/** A notification whose causes have changed. */
interface Touched extends Movable {
  id: string;
  createdAt: Date;
  isNew: boolean;
  grown: boolean;
}

/**
 * Makes notifications out of causes, lets them grow and shrink, withdraws them, and tells it. The recipients' locks are held by
 * the caller, so that nobody reads or changes the same notifications meanwhile.
 */
@Injectable()
export class Telling {
  constructor(private readonly outbox: Outbox) {}

  /** @param moveOf what becomes of a cause, by the state of the notification in which it was told */
  async move<C extends Movable>(
    manager: EntityManager,
    causes: readonly C[],
    moveOf: (cause: C, told: NotificationState) => Move,
  ): Promise<void> {
    const states = await statesOf(manager, causes);
    const moved = placed(causes, (cause) => moveOf(cause, stateOf(states, cause.notificationId)), states);
    if (moved.length === 0) return;
    await attach(manager, moved);
    await this.publish(manager, await recount(manager, touchedBy(moved)));
  }

  /** Withdraws what is unread about posts and comments. */
  async withdrawAbout(manager: EntityManager, subjects: readonly DeletedSubject[]): Promise<void> {
    const withdrawn: ChangedRow[] = await manager.query(
      `WITH withdrawn AS (
         DELETE FROM notifications
          WHERE read_at IS NULL AND (post_id = ANY ($1) OR (post_id = ANY ($2) AND comment_id = ANY ($3)))
         RETURNING *
       )
       SELECT ${shownColumns('w', 'u')}, 'withdrawn' AS change FROM withdrawn w LEFT JOIN user_cache u ON u.id = w.sender_id`,
      aboutThem(subjects),
    );
    await this.publish(manager, withdrawn);
  }

  private async publish(manager: EntityManager, changed: readonly ChangedRow[]): Promise<void> {
    if (changed.length === 0) return;
    const now = new Date();
    const unread = await unreadCounts(
      manager,
      changed.map(({ recipientId }) => recipientId),
    );
    await this.outbox.addAll(manager, [...factsOf(changed, now), ...framesOf(changed, unread, now)]);
  }
}

type States = ReadonlyMap<string, NotificationState>;

function stateOf(states: States, id: string | null | undefined): NotificationState {
  return states.get(id ?? '') ?? 'none';
}

/** The states of all notifications that the causes belong to or may join. */
async function statesOf(manager: EntityManager, causes: readonly Movable[]): Promise<States> {
  const ids = [
    ...new Set(causes.flatMap(({ notificationId, latestId }) => [notificationId ?? [], latestId ?? []]).flat()),
  ];
  if (ids.length === 0) return new Map();
  const rows: Array<{ id: string; state: NotificationState }> = await manager.query(
    `SELECT id, CASE WHEN read_at IS NULL THEN 'unread' ELSE 'read' END AS state
       FROM notifications WHERE id = ANY ($1) AND created_at = ANY ($2)`,
    [ids, ids.map(createdAtOf)],
  );
  return new Map(rows.map(({ id, state }) => [id, state]));
}

/** The causes that do not stay, each with its place: the unread notification of its kind and reference, or a new one. */
function placed<C extends Movable>(causes: readonly C[], moveOf: (cause: C) => Move, states: States): Moved[] {
  const made = new Map<string, string>();
  const placeOf = ({ recipientId, type, referenceId, latestId }: C) => {
    if (latestId && stateOf(states, latestId) === 'unread') return latestId;
    const kind = `${recipientId} ${type} ${referenceId}`;
    const id = made.get(kind) ?? factId();
    made.set(kind, id);
    return id;
  };
  return causes.flatMap((cause) => {
    const move = moveOf(cause);
    return move === 'stays' ? [] : [{ cause, move, to: move === 'joins' ? placeOf(cause) : null }];
  });
}

async function attach(manager: EntityManager, moved: readonly Moved[]): Promise<void> {
  const rows = moved.map(({ cause, move, to }) => ({ ...cause, to, spent: move === 'hidden' }));
  await manager.query(
    `WITH moved AS (
       SELECT * FROM jsonb_to_recordset($1::jsonb) AS moved (
         "recipientId" uuid, "actorId" uuid, type text, "referenceId" uuid, "itemId" uuid, "to" uuid, spent boolean)
     ), latest AS (
       INSERT INTO latest_notifications AS l (recipient_id, type, reference_id, notification_id)
       SELECT DISTINCT "recipientId", type, "referenceId", "to" FROM moved WHERE "to" IS NOT NULL
       ON CONFLICT (recipient_id, type, reference_id) DO UPDATE
          SET notification_id = excluded.notification_id, updated_at = now()
     )
     UPDATE causes c SET notification_id = m."to", spent = m.spent, updated_at = now()
       FROM moved m
      WHERE (c.recipient_id, c.actor_id, c.type, c.reference_id, c.item_id)
          = (m."recipientId", m."actorId", m.type, m."referenceId", m."itemId")`,
    [JSON.stringify(rows)],
  );
}

/** What has to be counted anew. A notification that only lost a cause without trace is left alone. */
function touchedBy(moved: readonly Moved[]): Touched[] {
  const touched = new Map<string, Touched>();
  for (const { cause, move, to } of moved) {
    const id = to ?? cause.notificationId;
    if (id === null || move === 'forgotten') continue;
    const grown = to !== null || touched.get(id)?.grown === true;
    touched.set(id, { ...cause, id, createdAt: createdAtOf(id), isNew: to !== null && to !== cause.latestId, grown });
  }
  return [...touched.values()];
}

/**
 * Brings notifications in line with their causes: the sender is the newest of those that stand. One without causes goes, and
 * one that grows moves to the top of the list.
 */
async function recount(manager: EntityManager, touched: readonly Touched[]): Promise<ChangedRow[]> {
  if (touched.length === 0) return [];
  return manager.query<ChangedRow[]>(RECOUNT, [JSON.stringify(touched), touched.map(({ createdAt }) => createdAt)]);
}

// The partitions are named by a parameter of their own: then the planner looks at no others.
const RECOUNT = `
  WITH counted AS (
    SELECT t.*, (SELECT count(DISTINCT c.actor_id)::integer FROM causes c WHERE c.notification_id = t.id) AS sender_count,
           (SELECT c.actor_id FROM causes c WHERE c.notification_id = t.id ORDER BY c.version DESC LIMIT 1) AS sender_id
      FROM jsonb_to_recordset($1::jsonb) AS t (
        id uuid, "createdAt" timestamptz, "recipientId" uuid, type text, "referenceId" uuid, "postId" uuid,
        "commentId" uuid, "isNew" boolean, grown boolean)
  ), created AS (
    INSERT INTO notifications (id, created_at, recipient_id, position, type, sender_id, sender_count, reference_id, post_id,
                               comment_id)
    SELECT id, "createdAt", "recipientId", nextval('notification_position'), type, sender_id, sender_count, "referenceId",
           "postId", "commentId"
      FROM counted WHERE "isNew"
    RETURNING *
  ), withdrawn AS (
    DELETE FROM notifications n USING counted c
     WHERE n.created_at = ANY ($2) AND n.id = c.id AND n.created_at = c."createdAt" AND c.sender_count = 0
    RETURNING n.*
  ), updated AS (
    UPDATE notifications n
       SET sender_id = c.sender_id, sender_count = c.sender_count,
           position = CASE WHEN c.grown THEN nextval('notification_position') ELSE n.position END,
           updated_at = CASE WHEN c.grown THEN clock_timestamp() ELSE n.updated_at END
      FROM counted c
     WHERE n.created_at = ANY ($2) AND n.id = c.id AND n.created_at = c."createdAt" AND c.sender_count > 0
       AND NOT c."isNew" AND (c.grown OR (n.sender_id, n.sender_count) IS DISTINCT FROM (c.sender_id, c.sender_count))
    RETURNING n.*
  )
  SELECT ${shownColumns('n', 'u')}, n.change
    FROM (SELECT 'created' AS change, * FROM created
          UNION ALL SELECT 'updated', * FROM updated
          UNION ALL SELECT 'withdrawn', * FROM withdrawn) n
    LEFT JOIN user_cache u ON u.id = n.sender_id
   ORDER BY n.position`;
