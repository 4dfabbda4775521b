import {
  ConversationCreated,
  type ConversationState,
  ConversationUpdated,
  type FramePublished,
  fact,
} from '@plaza/contracts';
import type { People } from '../members/people.js';
import type { ConversationDocument } from '../storage/documents.js';
import { conversationFrame, type FrameOptions } from '../storage/frames.js';
import { frameConversation } from './conversation.view.js';

export function conversationCreated(conversation: ConversationDocument): ConversationCreated {
  return fact(ConversationCreated, stateOf(conversation));
}

export function conversationUpdated(conversation: ConversationDocument): ConversationUpdated {
  return fact(ConversationUpdated, stateOf(conversation));
}

/** The frame and the fact that tell of a change. */
export function updateFacts({
  conversation,
  people,
}: {
  conversation: ConversationDocument;
  people: People;
}): object[] {
  return [frameOfConversation('conversation.updated', conversation, { people }), conversationUpdated(conversation)];
}

/** The frame that shows a conversation, with `more` to what all members see of it. */
export function frameOfConversation(
  type: 'conversation.created' | 'conversation.updated',
  conversation: ConversationDocument,
  { people, more, ...options }: FrameOptions & { people: People; more?: object },
): FramePublished {
  const data = { ...frameConversation(conversation, people), ...more };
  return conversationFrame(conversation._id, { type, time: conversation.updated_at, data }, options);
}

function stateOf(conversation: ConversationDocument): ConversationState {
  return {
    id: conversation._id,
    type: conversation.type,
    name: conversation.name,
    description: conversation.description,
    avatarUrl: conversation.avatar_url,
    ownerId: conversation.owner_id,
    memberCount: conversation.member_count,
    createdAt: conversation.created_at.toISOString(),
  };
}
