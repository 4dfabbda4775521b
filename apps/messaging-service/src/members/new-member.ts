import type { MemberRole } from '@plaza/contracts';
import { memberId } from '../storage/collections.js';
import type { MemberDocument } from '../storage/documents.js';

/** When somebody joins a conversation, and from where on they see it. */
export interface Joining {
  role: MemberRole;
  /** The member sees what comes after it. */
  seq: number;
  /** Of the frame that tells of it. */
  clock: number;
  at: Date;
}

/** A membership that begins, also that of somebody who comes back: nothing of an earlier one is left. */
export function newMember(conversationId: string, userId: string, { role, seq, clock, at }: Joining): MemberDocument {
  return {
    _id: memberId(conversationId, userId),
    conversation_id: conversationId,
    user_id: userId,
    role,
    permissions: {},
    active: true,
    joined_seq: seq,
    joined_at: at,
    joined_clock: clock,
    left_at: null,
    left_clock: null,
    delivered_seq: seq,
    read_seq: seq,
    muted_until: null,
    archived: false,
    pinned_at: null,
    receipts_due: false,
  };
}
