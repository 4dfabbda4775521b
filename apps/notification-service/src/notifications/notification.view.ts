import { ApiProperty } from '@nestjs/swagger';
import {
  type NotificationPriority,
  type NotificationType,
  notificationPriorities,
  notificationTypes,
} from '@plaza/contracts';
import { UserSummary } from '@plaza/user-cache';
import { actionUrlOf, type NotificationRow, notificationColumns, priorityOf } from './notification.js';
import { wording } from './wording.js';

/** A notification with what is known of its sender. */
export interface ShownRow extends NotificationRow {
  username: string | null;
  displayName: string | null;
  avatarUrl: string | null;
  verified: boolean | null;
}

/** As the list selects it. */
export interface ListedRow extends ShownRow {
  position: string;
}

/** The columns of a ShownRow. @param n alias of `notifications`; @param u of `user_cache`, joined by the sender */
export function shownColumns(n: string, u: string): string {
  return `${notificationColumns(n)}, ${u}.username, ${u}.display_name AS "displayName", ${u}.avatar_url AS "avatarUrl",
    ${u}.verified`;
}

const id = { type: String, format: 'uuid', nullable: true };

export class NotificationData {
  @ApiProperty({ ...id, description: 'The post that it is about, or in which the comment is' }) postId: string | null;
  @ApiProperty({ ...id, description: 'The comment that it is about' }) commentId: string | null;
}

export class NotificationView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: notificationTypes, enumName: 'NotificationType' }) type: NotificationType;
  @ApiProperty({ description: 'Who did it; of several the last' }) sender: UserSummary;
  @ApiProperty({ type: 'integer', minimum: 1, description: 'How many did it' }) senderCount: number;
  @ApiProperty({ maxLength: 200, example: 'Bob and 12 others liked your post' }) title: string;
  @ApiProperty({ example: 'Bob (@bob) and 12 others liked your post.' }) message: string;
  @ApiProperty({ format: 'uuid', description: 'The user, post or comment that it is about, by type' })
  referenceId: string;
  @ApiProperty({ description: 'Where in this API that is', example: '/v1/posts/019ab9a0-0000-7000-8000-000000000001' })
  actionUrl: string;
  @ApiProperty() data: NotificationData;
  @ApiProperty({ enum: notificationPriorities, enumName: 'NotificationPriority' }) priority: NotificationPriority;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) readAt: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time', description: 'When it was made, or the group last grew' }) updatedAt: string;
}

export class UnreadCountView {
  @ApiProperty({ type: 'integer', minimum: 0 }) count: number;
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Those that tell of a mention' }) mentions: number;
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Those that tell of a request' }) requests: number;
}

/** The words are made when it is read, so that they have the sender's present name. */
export function notificationView(row: ShownRow): NotificationView {
  const { username, displayName, avatarUrl } = row;
  const withHandle = username === null ? displayName : `${displayName} (@${username})`;
  return {
    id: row.id,
    type: row.type,
    sender: { id: row.senderId, username, displayName, avatarUrl, verified: row.verified ?? false },
    senderCount: row.senderCount,
    title: wording(row, displayName),
    message: `${wording(row, withHandle)}.`,
    referenceId: row.referenceId,
    actionUrl: actionUrlOf(row),
    data: { postId: row.postId, commentId: row.commentId },
    priority: priorityOf(row),
    readAt: row.readAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
