import { FramePublished, type FrameType, fact } from '@plaza/contracts';

/** What a client reads. */
export interface FrameContent {
  type: FrameType;
  time: Date;
  data: object;
}

export interface FrameOptions {
  /** Who does not get it although a member. */
  exceptUserId?: string;
  /** Worth something at once or not at all. */
  momentary?: boolean;
  /** When what it tells of was said: who has joined since does not see that. */
  asOf?: Date;
  /** Members from this frame on. */
  joined?: string[];
  /** Members up to this frame. */
  left?: string[];
}

/** A frame for the open clients of all members of a conversation; its key is the conversation. */
export function conversationFrame(conversationId: string, frame: FrameContent, o: FrameOptions = {}): FramePublished {
  return frameOf('CONVERSATION', conversationId, frame, o);
}

/** A frame for all open clients of a user; its key is the user. */
export function userFrame(userId: string, frame: FrameContent, o: FrameOptions = {}): FramePublished {
  return frameOf('USER', userId, frame, o);
}

function frameOf(
  audience: 'USER' | 'CONVERSATION',
  audienceId: string,
  { type, time, data }: FrameContent,
  {
    exceptUserId = null,
    momentary = false,
    asOf,
    joined = [],
    left = [],
  }: Partial<Record<'exceptUserId', string | null>> & Omit<FrameOptions, 'exceptUserId'>,
): FramePublished {
  const frame = { type, time: time.toISOString(), data };
  // Clocks are microseconds, and that of a conversation is that of its time or ahead of it.
  const version = asOf && { asOf: asOf.getTime() * 1_000 };
  return fact(FramePublished, { audience, audienceId, exceptUserId, momentary, frame, ...version, joined, left });
}
