import { Injectable } from '@nestjs/common';
import { Conflict, Forbidden, Invalid } from '@plaza/service-kit';
import { conversationUpdated } from '../conversations/conversation.facts.js';
import { ConversationChanges, type OpenChange } from '../conversations/conversation-changes.js';
import { PREVIEWED } from '../conversations/conversation-insert.js';
import { may, outranks } from '../conversations/permissions.js';
import { collections, memberId } from '../storage/collections.js';
import type { MemberDocument } from '../storage/documents.js';
import { memberRemoved } from './member.facts.js';
import type { Membership } from './member-access.js';
import { memberRemovedFrame } from './member-frames.js';

/** Ends memberships: by the member, or by who stands above. */
@Injectable()
export class LeavingService {
  constructor(private readonly changes: ConversationChanges) {}

  /** Removing somebody who is no member changes nothing. */
  async remove(id: string, userId: string, leaverId: string): Promise<void> {
    await this.changes.run(id, userId, async (open) => {
      const leaver = userId === leaverId ? open.member : await this.findLeaver(open, leaverId);
      mustBeAllowed(open, leaver);
      if (leaver) await this.end(open, leaver);
    });
  }

  private findLeaver({ session, conversation }: OpenChange, leaverId: string): Promise<MemberDocument | null> {
    const _id = memberId(conversation._id, leaverId);
    return collections.members(this.changes.db).findOne({ _id, active: true }, { session });
  }

  private async end(open: OpenChange, leaver: MemberDocument): Promise<void> {
    const { conversation, member } = open;
    const { _id, user_id: userId } = leaver;
    const by = member.user_id;
    const after = await this.changes.write(open, {
      count: 3,
      set: {
        member_count: { $subtract: ['$member_count', 1] },
        member_preview: await this.previewWithout(open, userId),
        updated_at: '$$NOW',
      },
      event: by === userId ? { event: 'member-left' } : { event: 'member-removed', userId },
    });
    const at = after.conversation.updated_at;
    const left = { active: false, left_at: at, left_clock: after.clock, receipts_due: false };
    await collections.members(this.changes.db).updateOne({ _id }, { $set: left }, { session: open.session });
    await this.changes.publish(open, after, [
      memberRemovedFrame(after.conversation, { userId, by }),
      conversationUpdated(after.conversation),
      memberRemoved(leaver, conversation.type, { by, at }),
    ]);
  }

  /** Where one of those who are shown goes, another one moves up. */
  private async previewWithout({ conversation, session }: OpenChange, userId: string): Promise<string[]> {
    const { _id, member_preview: shown, member_count: count } = conversation;
    const others = shown.filter((id) => id !== userId);
    if (others.length === shown.length || count <= PREVIEWED) return others;
    const first = await collections
      .members(this.changes.db)
      .find(
        { conversation_id: _id, active: true },
        { session, sort: { joined_clock: 1, user_id: 1 }, limit: PREVIEWED + 1 },
      )
      .toArray();
    const next = first.map(({ user_id }) => user_id).filter((id) => id !== userId && !others.includes(id));
    return [...others, ...next].slice(0, PREVIEWED);
  }
}

function mustBeAllowed({ conversation, member }: Membership, leaver: MemberDocument | null): void {
  if (conversation.type === 'DIRECT')
    throw new Invalid('DIRECT_CANNOT_BE_LEFT', 'A direct conversation has no end: archive it, or block the other.');
  const leaves = leaver?.user_id === member.user_id;
  if (leaves && member.role === 'OWNER' && conversation.member_count > 1)
    throw new Conflict('OWNER_MUST_HAND_OVER', 'Hand the conversation over before you leave it.');
  if (leaves) return;
  if (!may('manage', member, conversation) || (leaver && !outranks(member.role, leaver.role)))
    throw new Forbidden('REMOVE_NOT_ALLOWED', 'You may not remove this member.');
}
