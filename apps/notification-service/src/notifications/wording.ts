import type { NotificationType } from '@plaza/contracts';
import type { NotificationRow } from './notification.js';

type Told = Pick<NotificationRow, 'type' | 'senderCount' | 'commentId'>;

const DONE: Record<NotificationType, (thing: 'post' | 'comment') => string> = {
  FOLLOW: () => 'started following you',
  FOLLOW_REQUEST: () => 'asked to follow you',
  LIKE: (thing) => `liked your ${thing}`,
  COMMENT: () => 'commented on your post',
  REPLY: () => 'replied to your comment',
  MENTION: (thing) => `mentioned you in a ${thing}`,
  SHARE: () => 'shared your post',
};

/** "Bob and 12 others liked your post". @param name of the sender; null where it is not known */
export function wording(told: Told, name: string | null): string {
  const thing = told.commentId === null ? 'post' : 'comment';
  return `${name ?? 'Somebody'}${othersOf(told.senderCount)} ${DONE[told.type](thing)}`;
}

function othersOf(senders: number): string {
  if (senders === 1) return '';
  return senders === 2 ? ' and 1 other' : ` and ${senders - 1} others`;
}
