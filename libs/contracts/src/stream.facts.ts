import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsRFC3339,
  IsUUID,
  Matches,
  MaxLength,
  Min,
} from 'class-validator';
import { Fact } from './fact.js';
import { Nested, Nullable } from './rules.js';
import type { FrameType } from './stream.frames.js';

export const frameAudiences = ['USER', 'CONVERSATION'] as const;
export type FrameAudience = (typeof frameAudiences)[number];

/** What a client reads. The gateway gives it its id. */
export class Frame {
  /** `message.sent`, `notification.created` ...: a type that a gateway does not know yet is carried like any other. */
  @Matches(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/) @MaxLength(60) type: FrameType;
  @IsRFC3339() time: string;
  @IsObject() data: object;
}

/** Published when something happens that open clients are to see, after commit, by messaging-service and notification-service. */
@Fact<FramePublished>({
  type: 'frame.published',
  topic: 'stream.frame',
  kind: 'brief',
  // One topic, for one order of all that a client sees: see ADR 0012.
  producer: ['messaging-service', 'notification-service'],
  key: (it) => it.audienceId,
})
export class FramePublished {
  /** All open clients of a user, or those of all members of a conversation. Frames of one audience keep their order. */
  @IsIn(frameAudiences) audience: FrameAudience;
  /** The user or the conversation. */
  @IsUUID() audienceId: string;
  /** Who does not get it although a member: one who is typing need not be told. */
  @Nullable() @IsUUID() exceptUserId: string | null;
  /** Worth something at once or not at all (typing, presence): a client that was away is not told later. */
  @IsBoolean() momentary: boolean;
  @Nested(() => Frame) frame: Frame;
  /**
   * Of a conversation: only for who was a member at this version already. It tells of something older than itself (an edit of a
   * message, say), which who has joined since does not see. Absent: of something new.
   */
  @IsOptional() @IsInt() @Min(0) asOf?: number;
  /** Users who are members of the conversation from this frame on, this one included. */
  @IsArray() @ArrayMaxSize(1_000) @IsUUID('all', { each: true }) joined: string[];
  /** Users who are members up to this frame, this one included, and see nothing of what comes after it. */
  @IsArray() @ArrayMaxSize(1_000) @IsUUID('all', { each: true }) left: string[];
}

const connection = {
  topic: 'connection',
  kind: 'ephemeral',
  producer: 'api-gateway',
  // What one gateway says has an order: a connection that it has closed is not in its later heartbeats.
  key: (it: { gatewayId: string }) => it.gatewayId,
} as const;

/** An open socket of a user. */
export class OpenConnection {
  @IsUUID() connectionId: string;
  @IsUUID() userId: string;
}

/** Published when a client has connected to the stream, at once, by api-gateway. */
@Fact<ConnectionOpened>({ ...connection, type: 'connection.opened' })
export class ConnectionOpened extends OpenConnection {
  /** This process of the gateway, from its start to its end. */
  @IsUUID() gatewayId: string;
  @IsRFC3339() openedAt: string;
}

/** Published when a client's connection has ended, at once, by api-gateway. */
@Fact<ConnectionClosed>({ ...connection, type: 'connection.closed' })
export class ConnectionClosed extends OpenConnection {
  @IsUUID() gatewayId: string;
  @IsRFC3339() closedAt: string;
}

/**
 * Published when 10 s have passed, with all connections that a gateway holds, so that who listens needs no history (one that is
 * silent for 25 s is dead, and so are its connections), at once, by api-gateway.
 */
@Fact<ConnectionsHeld>({ ...connection, type: 'connection.held' })
export class ConnectionsHeld {
  @IsUUID() gatewayId: string;
  /** Counts the heartbeats of this gateway. */
  @IsInt() @Min(1) beat: number;
  /** Heartbeats with many connections come in parts, 1 to `parts`: those of all together are all that it holds. */
  @IsInt() @Min(1) part: number;
  @IsInt() @Min(1) parts: number;
  @IsArray()
  @ArrayMinSize(0)
  @ArrayMaxSize(500)
  @Nested(() => OpenConnection, { list: true })
  connections: OpenConnection[];
  @IsRFC3339() heldAt: string;
}
