import { Inject, Injectable } from '@nestjs/common';
import { Cursors, MONGO, mapPage, type Page, type PageQuery, page } from '@plaza/service-kit';
import type { Db, Filter } from 'mongodb';
import { collections } from '../storage/collections.js';
import type { MemberDocument } from '../storage/documents.js';
import { type MembershipView, membershipView } from './membership.view.js';

/** As long as the stream can be resumed, and more. */
const TOLD_AFTER_LEAVING_MS = 10 * 60_000;

/** What the gateway has to know before it shows somebody the stream. */
@Injectable()
export class MembershipsService {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly cursors: Cursors,
  ) {}

  /** Memberships that last, then those that have ended lately. */
  async list(userId: string, { limit, cursor }: PageQuery): Promise<Page<MembershipView>> {
    const name = `memberships:${userId}`;
    const [active, id] = this.cursors.decode(name, cursor) ?? [true, ''];
    const members = await collections
      .members(this.db)
      .find(behind(userId, active === true, String(id)), {
        sort: { active: -1, conversation_id: 1 },
        limit: limit + 1,
      })
      .toArray();
    const rows = page(members, limit, (last) => this.cursors.encode(name, [last.active, last.conversation_id]));
    return mapPage(rows, membershipView);
  }
}

function behind(userId: string, active: boolean, id: string): Filter<MemberDocument> {
  const lately = { $expr: { $gt: ['$left_at', { $subtract: ['$$NOW', TOLD_AFTER_LEAVING_MS] }] } };
  const rest = { conversation_id: { $gt: id } };
  if (!active) return { user_id: userId, active: false, ...rest, ...lately };
  return {
    user_id: userId,
    $or: [
      { active: true, ...rest },
      { active: false, ...lately },
    ],
  };
}
