import { Inject, Injectable } from '@nestjs/common';
import { Cursors, MONGO, mapPage, NotFound, type Page, type PageQuery, page } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import type { ClientSession, Db, Filter } from 'mongodb';
import { collections, memberId } from '../storage/collections.js';
import type { MemberDocument } from '../storage/documents.js';
import { type MemberView, memberView } from './member.view.js';
import { MemberAccess } from './member-access.js';
import { findPeople } from './people.js';

@Injectable()
export class MemberReads {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly access: MemberAccess,
    private readonly users: UserCache,
    private readonly cursors: Cursors,
  ) {}

  /** The members in the order of their joining. */
  async list(id: string, viewer: string, { limit, cursor }: PageQuery): Promise<Page<MemberView>> {
    const name = `members:${id}`;
    const [clock, userId] = this.cursors.decode(name, cursor) ?? [0, ''];
    await this.access.activeMember(id, viewer);
    const members = await collections
      .members(this.db)
      .find(behind(id, Number(clock), String(userId)), { sort: { joined_clock: 1, user_id: 1 }, limit: limit + 1 })
      .toArray();
    const rows = page(members, limit, (last) => this.cursors.encode(name, [last.joined_clock, last.user_id]));
    const people = await findPeople(
      this.users,
      rows.items.map(({ user_id }) => user_id),
    );
    return mapPage(rows, (member) => memberView(member, people));
  }
}

/** The membership of another one. @throws NotFound MEMBER_NOT_FOUND */
export async function findMember(
  db: Db,
  session: ClientSession,
  { conversationId, userId }: { conversationId: string; userId: string },
): Promise<MemberDocument> {
  const member = await collections
    .members(db)
    .findOne({ _id: memberId(conversationId, userId), active: true }, { session });
  if (!member) throw new NotFound('MEMBER_NOT_FOUND', 'There is no such member.');
  return member;
}

function behind(conversationId: string, clock: number, userId: string): Filter<MemberDocument> {
  const later = [{ joined_clock: { $gt: clock } }, { joined_clock: clock, user_id: { $gt: userId } }];
  return { conversation_id: conversationId, active: true, joined_clock: { $gte: clock }, $or: later };
}
