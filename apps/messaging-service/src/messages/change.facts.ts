import { type FramePublished, type FrameType, fact, MessageDeleted, MessageEdited } from '@plaza/contracts';
import type { UserSummary } from '@plaza/user-cache';
import type { ConversationDocument, MessageDocument } from '../storage/documents.js';
import { conversationFrame, type FrameContent, userFrame } from '../storage/frames.js';
import { messageState } from './message.facts.js';
import { frameMessage } from './message.view.js';

type Conversation = Pick<ConversationDocument, 'type'>;

/** The fact and the frame that tell of an edited message. */
export function editedFacts(
  message: MessageDocument & { edited_at: Date },
  { type }: Conversation,
  sender: UserSummary,
): [MessageEdited, FramePublished] {
  const frame: FrameContent = { type: 'message.edited', time: message.edited_at, data: frameMessage(message, sender) };
  return [fact(MessageEdited, messageState(message, type)), frameAbout(message, frame)];
}

/** Those that tell of a message that is gone for everybody. */
export function deletedFacts(
  message: MessageDocument,
  deletedBy: string,
  deletedAt: Date,
): [MessageDeleted, FramePublished] {
  const { _id: id, conversation_id: conversationId, seq, sender_id: senderId } = message;
  const data = { id, conversationId, seq, senderId, deletedBy, deletedAt: deletedAt.toISOString() };
  const frame: FrameContent = { type: 'message.deleted', time: deletedAt, data };
  return [fact(MessageDeleted, data), frameAbout(message, frame)];
}

/** For the other devices of who has deleted a message for themselves. */
export function hiddenFrame(
  { _id: id, conversation_id: conversationId, seq }: MessageDocument,
  { userId, unreadCount, time }: { userId: string; unreadCount: number; time: Date },
): FramePublished {
  return userFrame(userId, { type: 'message.hidden', time, data: { id, conversationId, seq, unreadCount } });
}

/** Who has pinned a message. */
export function pinnedFrame(message: MessageDocument, pinnedBy: string, time: Date): FramePublished {
  return pinFrame('message.pinned', message, time, { pinnedBy, pinnedAt: time.toISOString() });
}

/** Who has taken a pin away. */
export function unpinnedFrame(message: MessageDocument, unpinnedBy: string, time: Date): FramePublished {
  return pinFrame('message.unpinned', message, time, { unpinnedBy });
}

function pinFrame(type: FrameType, message: MessageDocument, time: Date, more: object): FramePublished {
  const { _id: id, conversation_id: conversationId, seq } = message;
  return frameAbout(message, { type, time, data: { id, conversationId, seq, ...more } });
}

/** For those who see the message. */
export function frameAbout(message: MessageDocument, frame: FrameContent): FramePublished {
  return conversationFrame(message.conversation_id, frame, { asOf: message.created_at });
}
