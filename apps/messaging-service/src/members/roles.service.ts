import { Injectable } from '@nestjs/common';
import type { MemberRole } from '@plaza/contracts';
import { Forbidden } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import { updateFacts } from '../conversations/conversation.facts.js';
import type { ConversationView } from '../conversations/conversation.view.js';
import { ConversationChanges, type OpenChange } from '../conversations/conversation-changes.js';
import { ConversationReads } from '../conversations/conversation-reads.js';
import { may, outranks } from '../conversations/permissions.js';
import { collections } from '../storage/collections.js';
import type { MemberDocument, MemberPermissions } from '../storage/documents.js';
import { memberUpdated } from './member.facts.js';
import { type MemberView, memberView } from './member.view.js';
import type { Membership } from './member-access.js';
import { memberUpdatedFrame } from './member-frames.js';
import { findMember } from './member-reads.js';
import type { UpdateMember, UpdatePermissions } from './members.dto.js';
import { findPeople } from './people.js';

const actions = ['send', 'media', 'invite', 'pin', 'manage'] as const;

/** Who may do what: roles, permissions of one member, and whose the conversation is. */
@Injectable()
export class RolesService {
  constructor(
    private readonly changes: ConversationChanges,
    private readonly reads: ConversationReads,
    private readonly users: UserCache,
  ) {}

  /** Changes what is given of somebody below. */
  async update(id: string, userId: string, memberId: string, body: UpdateMember): Promise<MemberView> {
    const after = await this.changes.run(id, userId, async (open) => {
      const before = await this.member(open, memberId);
      mustStandAbove(open, before, body.role);
      const changed = { role: body.role ?? before.role, permissions: merged(before.permissions, body.permissions) };
      return isSame(before, changed) ? before : this.give(open, before, changed);
    });
    return memberView(after, await findPeople(this.users, [memberId]));
  }

  /** Makes another member the owner; the old one becomes an admin. */
  async handOver(id: string, userId: string, heirId: string): Promise<ConversationView> {
    await this.changes.run(id, userId, async (open) => {
      if (open.member.role !== 'OWNER') throw new Forbidden('OWNER_ONLY', 'This conversation is not yours to give.');
      if (heirId !== userId) await this.crown(open, await this.member(open, heirId));
    });
    return this.reads.one(id, userId);
  }

  private member({ session, conversation }: OpenChange, userId: string): Promise<MemberDocument> {
    return findMember(this.changes.db, session, { conversationId: conversation._id, userId });
  }

  private async give(
    open: OpenChange,
    before: MemberDocument,
    changed: Pick<MemberDocument, 'role' | 'permissions'>,
  ): Promise<MemberDocument> {
    const member = { ...before, ...changed };
    const { conversation, session } = open;
    const count = before.role === member.role ? 1 : 2;
    const after = await this.changes.write(open, { count, set: { updated_at: '$$NOW' } });
    await collections.members(this.changes.db).updateOne({ _id: member._id }, { $set: changed }, { session });
    const frame = memberUpdatedFrame(after.conversation, member);
    const facts = count === 1 ? [frame] : [frame, memberUpdated(member, conversation.type)];
    await this.changes.publish(open, after, facts);
    return member;
  }

  private async crown(open: OpenChange, heir: MemberDocument): Promise<void> {
    const { session, conversation } = open;
    const members = collections.members(this.changes.db);
    const owner: MemberDocument = { ...heir, role: 'OWNER' };
    const former: MemberDocument = { ...open.member, role: 'ADMIN' };
    const after = await this.changes.write(open, {
      count: 6,
      set: { owner_id: heir.user_id, updated_at: '$$NOW' },
      event: { event: 'owner-changed', userId: heir.user_id },
    });
    for (const { _id, role } of [former, owner]) await members.updateOne({ _id }, { $set: { role } }, { session });
    await this.changes.publish(open, after, [
      ...updateFacts(after),
      ...[former, owner].map((member) => memberUpdatedFrame(after.conversation, member)),
      ...[former, owner].map((member) => memberUpdated(member, conversation.type)),
    ]);
  }
}

function mustStandAbove(
  { member, conversation }: Membership,
  other: MemberDocument,
  given: MemberRole = 'MEMBER',
): void {
  const manages = may('manage', member, conversation) && outranks(member.role, 'MODERATOR');
  const mayGive = manages && outranks(member.role, other.role);
  if (!mayGive || !outranks(member.role, given))
    throw new Forbidden('ROLE_NOT_ALLOWED', 'You may only change those below you, to what is below you.');
}

/** What is given, over what was there; null takes away. */
function merged(before: MemberPermissions, given: UpdatePermissions = {}): MemberPermissions {
  const both = actions.map((action) => [action, given[action] === undefined ? before[action] : given[action]]);
  return Object.fromEntries(both.filter(([, value]) => typeof value === 'boolean'));
}

function isSame(before: MemberDocument, after: Pick<MemberDocument, 'role' | 'permissions'>): boolean {
  return before.role === after.role && actions.every((it) => before.permissions[it] === after.permissions[it]);
}
