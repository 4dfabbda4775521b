import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsInt, IsRFC3339, IsUUID, Length, Min } from 'class-validator';
import { Fact } from './fact.js';

export const notificationTypes = ['FOLLOW', 'FOLLOW_REQUEST', 'LIKE', 'COMMENT', 'REPLY', 'MENTION', 'SHARE'] as const;
export type NotificationType = (typeof notificationTypes)[number];

export const notificationPriorities = ['LOW', 'NORMAL', 'HIGH', 'URGENT'] as const;
export type NotificationPriority = (typeof notificationPriorities)[number];

/** A notification as it is now: those of one cause, or of a group of them ("X and 12 others"). */
export abstract class NotificationState {
  @IsUUID() id: string;
  @IsUUID() recipientId: string;
  /** Who caused it, the last one of a group. */
  @IsUUID() senderId: string;
  /** How many people caused it, 1 where it is not a group. */
  @IsInt() @Min(1) senderCount: number;
  @IsIn(notificationTypes) type: NotificationType;
  /** What it is about: a user, a post or a comment, by type. */
  @IsUUID() referenceId: string;
  @Length(1, 500) actionUrl: string;
  @IsIn(notificationPriorities) priority: NotificationPriority;
  @IsRFC3339() createdAt: string;
  @IsRFC3339() updatedAt: string;
}

const notification = {
  topic: 'notification',
  kind: 'stream',
  producer: 'notification-service',
  // What happens to one recipient's notifications has an order: a read of all is after those that it reads.
  key: (it: { recipientId: string }) => it.recipientId,
} as const;

/** Published when a notification is made, after commit, by notification-service. */
@Fact<NotificationCreated>({ ...notification, type: 'notification.created' })
export class NotificationCreated extends NotificationState {}

/** Published when a group of causes grows or shrinks, after commit, by notification-service. */
@Fact<NotificationUpdated>({ ...notification, type: 'notification.updated' })
export class NotificationUpdated extends NotificationState {}

/** Published when a recipient reads notifications, at most 100 a fact, after commit, by notification-service. */
@Fact<NotificationRead>({ ...notification, type: 'notification.read' })
export class NotificationRead {
  @IsUUID() recipientId: string;
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(100) @IsUUID('all', { each: true }) notificationIds: string[];
  @IsRFC3339() readAt: string;
}

/** Published when what was told has been undone before it was read, after commit, by notification-service. */
@Fact<NotificationWithdrawn>({ ...notification, type: 'notification.withdrawn' })
export class NotificationWithdrawn {
  @IsUUID() recipientId: string;
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(100) @IsUUID('all', { each: true }) notificationIds: string[];
  @IsRFC3339() withdrawnAt: string;
}
