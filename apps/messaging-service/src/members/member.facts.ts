import {
  ConversationMemberAdded,
  ConversationMemberRemoved,
  type ConversationMemberState,
  ConversationMemberUpdated,
  type ConversationType,
  fact,
} from '@plaza/contracts';
import type { MemberDocument } from '../storage/documents.js';

export function memberAdded(member: MemberDocument, type: ConversationType): ConversationMemberAdded {
  return fact(ConversationMemberAdded, stateOf(member, type));
}

export function memberUpdated(member: MemberDocument, type: ConversationType): ConversationMemberUpdated {
  return fact(ConversationMemberUpdated, stateOf(member, type));
}

export function memberRemoved(
  member: MemberDocument,
  type: ConversationType,
  { by, at }: { by: string; at: Date },
): ConversationMemberRemoved {
  return fact(ConversationMemberRemoved, { ...stateOf(member, type), removedBy: by, removedAt: at.toISOString() });
}

function stateOf(member: MemberDocument, conversationType: ConversationType): ConversationMemberState {
  return {
    conversationId: member.conversation_id,
    userId: member.user_id,
    role: member.role,
    conversationType,
    joinedAt: member.joined_at.toISOString(),
  };
}
