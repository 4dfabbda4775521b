import type { NotificationPriority, NotificationType } from '@plaza/contracts';

/** A row of `notifications`. */
export interface NotificationRow {
  id: string;
  recipientId: string;
  type: NotificationType;
  senderId: string;
  senderCount: number;
  referenceId: string;
  postId: string | null;
  commentId: string | null;
  readAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

/** The columns of a NotificationRow. @param n alias of `notifications` */
export function notificationColumns(n: string): string {
  return `${n}.id, ${n}.recipient_id AS "recipientId", ${n}.type, ${n}.sender_id AS "senderId",
    ${n}.sender_count AS "senderCount", ${n}.reference_id AS "referenceId", ${n}.post_id AS "postId",
    ${n}.comment_id AS "commentId", ${n}.read_at AS "readAt", ${n}.created_at AS "createdAt", ${n}.updated_at AS "updatedAt"`;
}

const PRIORITIES: Record<NotificationType, NotificationPriority> = {
  FOLLOW: 'NORMAL',
  FOLLOW_REQUEST: 'HIGH',
  LIKE: 'LOW',
  COMMENT: 'NORMAL',
  REPLY: 'NORMAL',
  MENTION: 'NORMAL',
  SHARE: 'LOW',
};

export function priorityOf({ type }: Pick<NotificationRow, 'type'>): NotificationPriority {
  return PRIORITIES[type];
}

/** Where in the API that is which the notification is about. */
export function actionUrlOf(row: Pick<NotificationRow, 'type' | 'senderId' | 'postId' | 'commentId'>): string {
  if (row.type === 'FOLLOW_REQUEST') return '/v1/follows/requests';
  if (row.commentId !== null) return `/v1/comments/${row.commentId}`;
  return row.postId === null ? `/v1/users/${row.senderId}` : `/v1/posts/${row.postId}`;
}

/** When a notification was made, which its id (a UUIDv7) begins with; epoch where the id is of another kind. */
export function createdAtOf(id: string): Date {
  return new Date(id.charAt(14) === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : 0);
}
