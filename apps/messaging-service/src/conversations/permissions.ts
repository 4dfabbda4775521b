import type { MemberRole } from '@plaza/contracts';
import { Forbidden } from '@plaza/service-kit';
import type { ConversationDocument, MemberDocument } from '../storage/documents.js';

/** What members do that not every member may. `manage`: the conversation itself, its members and what others have sent. */
export type Action = 'send' | 'media' | 'invite' | 'pin' | 'manage';

const rank: Record<MemberRole, number> = { MEMBER: 0, MODERATOR: 1, ADMIN: 2, OWNER: 3 };

/** Whether a member may do something: an owner always, others by their own permissions, else by their role. */
export function may(
  action: Action,
  member: Pick<MemberDocument, 'role' | 'permissions'>,
  conversation: Pick<ConversationDocument, 'type' | 'settings'>,
): boolean {
  if (member.role === 'OWNER') return true;
  // Media are sent: who may not send may not send them either.
  if (action === 'media' && !may('send', member, conversation)) return false;
  return member.permissions[action] ?? rank[member.role] >= rank[neededFor(action, conversation)];
}

/** Whether the first stands above the second, so that it may remove or change it. */
export function outranks(first: MemberRole, second: MemberRole): boolean {
  return rank[first] > rank[second];
}

/**
 * Who has asked somebody to talk has said one thing, and says nothing more until the other agrees: whether that one has not
 * looked yet, wants nothing of it or has blocked them, they are not to learn.
 * @throws Forbidden REQUEST_PENDING
 */
export function refuseWhileUnanswered(
  userId: string,
  { request, last_seq }: Pick<ConversationDocument, 'request' | 'last_seq'>,
): void {
  if (request?.by === userId && request.state !== 'ACCEPTED' && last_seq > 0)
    throw new Forbidden('REQUEST_PENDING', 'Your message request has not been answered yet.');
}

function neededFor(action: Action, { type, settings }: Pick<ConversationDocument, 'type' | 'settings'>): MemberRole {
  if (action === 'media') return 'MEMBER';
  // Two people are equals, but have nothing to manage and nobody to invite.
  if (type === 'DIRECT') return action === 'manage' || action === 'invite' ? 'OWNER' : 'MEMBER';
  if (action === 'manage') return 'MODERATOR';
  return settings[action];
}
