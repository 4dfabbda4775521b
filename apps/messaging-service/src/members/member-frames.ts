import type { FramePublished } from '@plaza/contracts';
import { frameConversation } from '../conversations/conversation.view.js';
import type { ConversationDocument, MemberDocument } from '../storage/documents.js';
import { conversationFrame } from '../storage/frames.js';
import { memberView } from './member.view.js';
import type { People } from './people.js';

/** Shows the conversation to those whom it is new to. */
export function membersAddedFrame(
  conversation: ConversationDocument,
  { members, by, people }: { members: readonly MemberDocument[]; by: string; people: People },
): FramePublished {
  const data = {
    conversationId: conversation._id,
    conversation: frameConversation(conversation, people),
    members: members.map((member) => memberView(member, people)),
    addedBy: by,
  };
  const joined = members.map(({ user_id }) => user_id);
  return conversationFrame(
    conversation._id,
    { type: 'conversation.member-added', time: conversation.updated_at, data },
    { joined },
  );
}

export function memberRemovedFrame(
  conversation: ConversationDocument,
  { userId, by }: { userId: string; by: string },
): FramePublished {
  const { _id: conversationId, member_count: memberCount, updated_at: time } = conversation;
  const data = { conversationId, userId, removedBy: by, memberCount };
  return conversationFrame(conversationId, { type: 'conversation.member-removed', time, data }, { left: [userId] });
}

export function memberUpdatedFrame(
  conversation: ConversationDocument,
  { user_id: userId, role, permissions }: MemberDocument,
): FramePublished {
  const { _id: conversationId, updated_at: time } = conversation;
  const data = { conversationId, userId, role, permissions };
  return conversationFrame(conversationId, { type: 'conversation.member-updated', time, data });
}
