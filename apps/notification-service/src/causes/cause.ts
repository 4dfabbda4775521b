import type { NotificationType } from '@plaza/contracts';

/** What makes a cause the same one again. */
export interface CauseKey {
  recipientId: string;
  actorId: string;
  type: NotificationType;
  referenceId: string;
  itemId: string;
}

/** What a fact says of a cause. */
export interface CauseChange extends CauseKey {
  postId: string | null;
  commentId: string | null;
  shareId: string | null;
  /** False: it is undone. */
  stands: boolean;
  version: number;
  happenedAt: Date;
  /** Version of the fact by which the recipient settled it; 0 where there is none. What comes after it is a cause anew. */
  answeredBy: number;
}

/** A post or comment that is gone. */
export interface DeletedSubject {
  id: string;
  postId: string;
  /** null: it is the post itself. */
  commentId: string | null;
  version: number;
}

/** A cause and where it was told. */
export interface ToldCause extends CauseKey {
  /** Null: nowhere. */
  notificationId: string | null;
}

/** A cause as it is known here. */
export interface Cause extends ToldCause {
  postId: string | null;
  commentId: string | null;
  stands: boolean;
  /** The notification of its kind and reference that was made last. */
  latestId: string | null;
  /** It was told and read, in a notification that it no longer belongs to. */
  spent: boolean;
  /** The recipient has settled it since it was last told. */
  answered: boolean;
  /** By a block or a mute. */
  silenced: boolean;
  /** What it is about is gone. */
  gone: boolean;
}

/** The columns of a ToldCause. */
export const TOLD_CAUSE = `recipient_id AS "recipientId", actor_id AS "actorId", type, reference_id AS "referenceId",
  item_id AS "itemId", notification_id AS "notificationId"`;

/** How a notification stands: `none` where it is gone, or there never was one. */
export type NotificationState = 'unread' | 'read' | 'none';

/**
 * What becomes of a cause: it joins a notification, leaves its own, or stays. `forgotten` also leaves it, but without a trace in
 * it, so that it may be told anew; `hidden` leaves even one that was read, and is not told again.
 */
export type Move = 'joins' | 'leaves' | 'forgotten' | 'hidden' | 'stays';

/** What becomes of a cause after a newer fact about it. */
export function moveOf(cause: Cause, told: NotificationState): Move {
  if (!cause.stands) return withoutIt(cause, told);
  if (told === 'unread' || cause.silenced || cause.gone) return 'stays';
  const toldBefore = cause.notificationId !== null || cause.spent;
  return toldBefore && !cause.answered ? 'stays' : 'joins';
}

/** What becomes of a cause that is withdrawn: what was read stays as it is. */
export function leaveUnread(_: ToldCause, told: NotificationState): Move {
  return told === 'unread' ? 'leaves' : 'stays';
}

function withoutIt(cause: Cause, told: NotificationState): Move {
  if (told === 'unread') return 'leaves';
  return cause.answered && cause.notificationId !== null ? 'forgotten' : 'stays';
}

/** Of several facts about one cause the newest, in the order of the keys. */
export function newestOf(changes: readonly CauseChange[]): CauseChange[] {
  const newest = new Map<string, CauseChange>();
  for (const change of changes) {
    const key = keyOf(change);
    const known = newest.get(key);
    newest.set(key, known ? later(known, change) : change);
  }
  return [...newest.values()].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

function later(one: CauseChange, other: CauseChange): CauseChange {
  const last = other.version > one.version ? other : one;
  return { ...last, answeredBy: Math.max(one.answeredBy, other.answeredBy) };
}

/** The key as one text. */
export function keyOf({ recipientId, actorId, type, referenceId, itemId }: CauseKey): string {
  return [recipientId, actorId, type, referenceId, itemId].join(' ');
}

/** The posts and comments with which it goes. */
export function subjectsOf({ postId, commentId, shareId }: CauseChange): string[] {
  return [postId, commentId, shareId].flatMap((id) => id ?? []);
}

/** Three lists of ids: posts; comments' posts; comments. */
export function aboutThem(
  deleted: readonly DeletedSubject[],
): [posts: string[], postsOf: string[], comments: string[]] {
  const posts = deleted.filter(({ commentId }) => commentId === null);
  const comments = deleted.filter(({ commentId }) => commentId !== null);
  return [posts.map(({ id }) => id), comments.map(({ postId }) => postId), comments.map(({ id }) => id)];
}
