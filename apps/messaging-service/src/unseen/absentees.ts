import { Inject, Injectable } from '@nestjs/common';
import { BACKGROUND } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import type { Db, Filter } from 'mongodb';
import { Relations } from '../relations/relations.js';
import { collections, pairKey } from '../storage/collections.js';
import type { MemberDocument, UnseenCheckDocument } from '../storage/documents.js';

/** Members are looked at this many at a time. */
const PAGE = 1_000;

type Message = Pick<UnseenCheckDocument, 'conversation_id' | 'seq' | 'sender_id'>;

/** Those for whom a message waits. */
@Injectable()
export class Absentees {
  constructor(
    @Inject(BACKGROUND) private readonly db: Db,
    private readonly users: UserCache,
    private readonly relations: Relations,
  ) {}

  /** The members who have neither read the message nor muted the conversation, are not there, and may be told of its sender. */
  async of(message: Message): Promise<string[]> {
    const absent: string[] = [];
    for await (const page of this.waiting(message)) {
      const away = await this.away(page);
      const willing = await this.willing(away, message.sender_id);
      absent.push(...willing);
    }
    return absent;
  }

  private async *waiting({ conversation_id, seq, sender_id }: Message): AsyncGenerator<string[]> {
    const waiting: Filter<MemberDocument> = {
      conversation_id,
      active: true,
      read_seq: { $lt: seq },
      joined_seq: { $lt: seq },
      user_id: { $ne: sender_id },
      $expr: { $lte: [{ $ifNull: ['$muted_until', new Date(0)] }, '$$NOW'] },
    };
    const options = { projection: { user_id: 1 }, batchSize: PAGE };
    let page: string[] = [];
    for await (const { user_id } of collections.members(this.db).find(waiting, options)) {
      page.push(user_id);
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  /** Who is connected sees the message, unless the device was left alone. */
  private async away(ids: string[]): Promise<string[]> {
    const connected = await collections.connections(this.db).distinct('user_id', { user_id: { $in: ids } });
    const left = await collections.presence(this.db).distinct('_id', { _id: { $in: connected }, chosen: 'AWAY' });
    const there = new Set(connected.filter((id) => !left.includes(id)));
    return ids.filter((id) => !there.has(id));
  }

  private async willing(ids: string[], sender: string): Promise<string[]> {
    const people = await this.users.findMany(ids);
    const blocked = await this.relations.blockBetween(ids.map((id) => [sender, id] as const));
    return ids.filter((id) => {
      const user = people.get(id);
      const isActive = !user || (!user.deleted && user.accountStatus === 'ACTIVE');
      return isActive && !blocked.has(pairKey(sender, id));
    });
  }
}
