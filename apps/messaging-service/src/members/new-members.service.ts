import { Injectable } from '@nestjs/common';
import { Conflict, Forbidden, Invalid } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import { conversationUpdated } from '../conversations/conversation.facts.js';
import { ConversationChanges, type OpenChange, type WrittenChange } from '../conversations/conversation-changes.js';
import { PREVIEWED } from '../conversations/conversation-insert.js';
import { may } from '../conversations/permissions.js';
import { collections, memberId } from '../storage/collections.js';
import type { MemberDocument } from '../storage/documents.js';
import { Invitees } from './invitees.js';
import { memberAdded } from './member.facts.js';
import { type MembersAdded, type MemberView, memberView } from './member.view.js';
import { MemberAccess, type Membership } from './member-access.js';
import { membersAddedFrame } from './member-frames.js';
import { newMember } from './new-member.js';
import { findPeople } from './people.js';

const MAX_MEMBERS = 10_000;

/** Brings people into a conversation. */
@Injectable()
export class NewMembersService {
  constructor(
    private readonly access: MemberAccess,
    private readonly changes: ConversationChanges,
    private readonly invitees: Invitees,
    private readonly users: UserCache,
  ) {}

  /** Who is a member already stays one. Who comes back begins anew. */
  async add(id: string, userId: string, userIds: string[]): Promise<MembersAdded> {
    mustInvite(await this.access.activeMember(id, userId));
    const wanted = userIds.filter((it) => it !== userId);
    await this.invitees.mustWantInvitation(userId, await this.invitees.find(userId, wanted));
    const { added, memberCount } = await this.changes.run(id, userId, async (open) => {
      mustInvite(open);
      return this.join(open, wanted);
    });
    return { added: await this.viewsOf(id, added), memberCount };
  }

  private async join(open: OpenChange, wanted: string[]): Promise<{ added: string[]; memberCount: number }> {
    const { conversation, member } = open;
    const added = await this.strangersAmong(open, wanted);
    const memberCount = conversation.member_count + added.length;
    if (added.length === 0) return { added, memberCount };
    if (memberCount > MAX_MEMBERS)
      throw new Conflict('CONVERSATION_FULL', `A conversation has at most ${MAX_MEMBERS} members.`);
    const after = await this.changes.write(open, {
      count: added.length + 2,
      set: {
        member_count: { $add: ['$member_count', added.length] },
        member_preview: { $slice: [{ $concatArrays: ['$member_preview', added] }, PREVIEWED] },
        updated_at: '$$NOW',
      },
      event: { event: 'members-added', userIds: added },
      shown: added,
    });
    const members = await this.store(open, after, added);
    const { people } = after;
    await this.changes.publish(open, after, [
      membersAddedFrame(after.conversation, { members, by: member.user_id, people }),
      conversationUpdated(after.conversation),
      ...members.map((one) => memberAdded(one, conversation.type)),
    ]);
    return { added, memberCount };
  }

  /** The first that they see is the message that tells of them. */
  private async store(
    open: OpenChange,
    { conversation, clock }: WrittenChange,
    ids: string[],
  ): Promise<MemberDocument[]> {
    const joining = { role: 'MEMBER', seq: conversation.last_seq - 1, clock, at: conversation.updated_at } as const;
    const members = ids.map((id) => newMember(conversation._id, id, joining));
    const writes = members.map((one) => {
      return { replaceOne: { filter: { _id: one._id }, replacement: one, upsert: true } };
    });
    await collections.members(this.changes.db).bulkWrite(writes, { session: open.session });
    return members;
  }

  /** Those who are no members. */
  private async strangersAmong({ conversation, session }: OpenChange, ids: string[]): Promise<string[]> {
    const members = await collections
      .members(this.changes.db)
      .find({ _id: { $in: ids.map((id) => memberId(conversation._id, id)) }, active: true }, { session })
      .toArray();
    const known = new Set(members.map(({ user_id }) => user_id));
    return ids.filter((id) => !known.has(id));
  }

  private async viewsOf(id: string, userIds: string[]): Promise<MemberView[]> {
    const found = await collections
      .members(this.changes.db)
      .find({ _id: { $in: userIds.map((userId) => memberId(id, userId)) } })
      .toArray();
    const people = await findPeople(this.users, userIds);
    return found.map((member) => memberView(member, people));
  }
}

function mustInvite({ conversation, member }: Membership): void {
  if (conversation.type === 'DIRECT')
    throw new Invalid('DIRECT_HAS_TWO', 'A direct conversation is of two people: begin a group.');
  if (!may('invite', member, conversation)) throw new Forbidden('ADD_NOT_ALLOWED', 'You may not add members here.');
}
