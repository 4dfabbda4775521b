import { Inject, Injectable } from '@nestjs/common';
import { BACKGROUND } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import type { Db, Filter } from 'mongodb';
import { collections, pairKey } from '../storage/collections.js';
import type { MemberDocument } from '../storage/documents.js';

/** Members are looked at this many at a time. */
const PAGE = 1_000;

/** A member who is away. */
export type Absentee = Pick<MemberDocument, 'conversation_id' | 'user_id' | 'joined_seq' | 'read_seq'>;

/** Those for whom messages wait. */
@Injectable()
export class Absentees {
  constructor(
    @Inject(BACKGROUND) private readonly db: Db,
    private readonly users: UserCache,
  ) {}

  /** The members who have not read up to a seq nor muted the conversation, are not there, and whose account is active. */
  async of(conversations: ReadonlyArray<{ conversationId: string; seq: number }>): Promise<Absentee[]> {
    const absent: Absentee[] = [];
    for await (const page of this.waiting(conversations)) {
      const away = await this.away(page.map(({ user_id }) => user_id));
      absent.push(...page.filter(({ user_id }) => away.has(user_id)));
    }
    return absent;
  }

  /** Who, as `pairKey`, may not be told of each other. */
  async blocked(absent: readonly Absentee[], senders: readonly string[]): Promise<Set<string>> {
    if (absent.length === 0) return new Set();
    const [some, others] = [{ $in: [...senders] }, { $in: absent.map(({ user_id }) => user_id) }];
    const blocks = await collections
      .blocks(this.db)
      .find({
        $or: [
          { blocker_id: some, active: true, blocked_id: others },
          { blocked_id: some, active: true, blocker_id: others },
        ],
      })
      .toArray();
    return new Set(blocks.map(({ blocker_id, blocked_id }) => pairKey(blocker_id, blocked_id)));
  }

  private async *waiting(
    conversations: ReadonlyArray<{ conversationId: string; seq: number }>,
  ): AsyncGenerator<Absentee[]> {
    const waiting: Filter<MemberDocument> = {
      $or: conversations.map(({ conversationId, seq }) => {
        return { conversation_id: conversationId, active: true, read_seq: { $lt: seq } };
      }),
      $expr: { $lte: [{ $ifNull: ['$muted_until', new Date(0)] }, '$$NOW'] },
    };
    const projection = { _id: 0, conversation_id: 1, user_id: 1, joined_seq: 1, read_seq: 1 };
    const options = { projection, batchSize: PAGE };
    let page: Absentee[] = [];
    for await (const member of collections.members(this.db).find<Absentee>(waiting, options)) {
      page.push(member);
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  /** Who is connected sees a message, unless the device was left alone. */
  private async away(ids: string[]): Promise<Set<string>> {
    const connected = await collections.connections(this.db).distinct('user_id', { user_id: { $in: ids } });
    const left = await collections.presence(this.db).distinct('_id', { _id: { $in: connected }, chosen: 'AWAY' });
    const there = new Set(connected.filter((id) => !left.includes(id)));
    const people = await this.users.findMany(ids);
    const isActive = (id: string): boolean => {
      const user = people.get(id);
      return !user || (!user.deleted && user.accountStatus === 'ACTIVE');
    };
    return new Set(ids.filter((id) => !there.has(id) && isActive(id)));
  }
}
