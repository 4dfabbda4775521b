import { Inject, Injectable } from '@nestjs/common';
import { MONGO } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import type { Db } from 'mongodb';
import { isTold } from '../receipts/told-receipts.js';
import { Relations } from '../relations/relations.js';
import { collections, memberId, pairKey } from '../storage/collections.js';
import type { ConversationDocument, MemberDocument, MessageDocument } from '../storage/documents.js';
import { knownWatermarks, MOST_WATCHED, type ReceiptsOfMessage, receiptsOf, showsReads } from './receipts-of.js';

/** What of a conversation decides who may know how far its members have come. */
export type Sized = Pick<ConversationDocument, '_id' | 'type' | 'member_count' | 'request'>;
export type Watermarks = Pick<
  MemberDocument,
  'conversation_id' | 'user_id' | 'joined_seq' | 'delivered_seq' | 'read_seq'
>;

/** How many members of a conversation have read all from one seq to another. */
interface ReadTo extends Pick<MemberDocument, 'conversation_id' | 'joined_seq' | 'read_seq'> {
  members: number;
}

/** Who has received and read what, as a viewer may know it. */
@Injectable()
export class MessageReceipts {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly users: UserCache,
    private readonly relations: Relations,
  ) {}

  /** Gives the receipts of any of the messages. */
  async of(
    viewer: string,
    messages: readonly MessageDocument[],
    conversations: readonly Sized[],
  ): Promise<(message: MessageDocument) => ReceiptsOfMessage> {
    const [small, large] = partition(conversations, ({ member_count }) => member_count <= MOST_WATCHED);
    const members = Map.groupBy(await this.watermarks(viewer, small), ({ conversation_id }) => conversation_id);
    const counted = await this.counted(viewer, messages, large);
    return (message) => {
      const known = members.get(message.conversation_id);
      return known ? receiptsOf(message, known) : { status: 'SENT', readByCount: counted(message) };
    };
  }

  /** The watermarks of all members. */
  async watermarks(viewer: string, conversations: readonly Sized[]): Promise<Watermarks[]> {
    if (conversations.length === 0) return [];
    const members = await collections
      .members(this.db)
      .find<Watermarks>(
        { conversation_id: { $in: conversations.map(({ _id }) => _id) }, active: true },
        { projection: { _id: 0, conversation_id: 1, user_id: 1, joined_seq: 1, delivered_seq: 1, read_seq: 1 } },
      )
      .toArray();
    const people = await this.users.findMany(members.map(({ user_id }) => user_id));
    return this.betweenTwo(viewer, knownWatermarks(viewer, members, people), conversations);
  }

  /** The same as the stream tells: nothing before both have agreed to talk, and no reads where one blocks the other. */
  private async betweenTwo(
    viewer: string,
    members: readonly Watermarks[],
    conversations: readonly Sized[],
  ): Promise<Watermarks[]> {
    const untold = new Set(conversations.filter((one) => !isTold(one)).map(({ _id }) => _id));
    const direct = new Set(conversations.filter(({ type }) => type === 'DIRECT').map(({ _id }) => _id));
    const others = members.filter((one) => direct.has(one.conversation_id) && one.user_id !== viewer);
    const blocked =
      others.length === 0
        ? new Set<string>()
        : await this.relations.blockBetween(others.map(({ user_id }) => [viewer, user_id] as const));
    return members.map((one) => {
      if (one.user_id === viewer || !direct.has(one.conversation_id)) return one;
      if (untold.has(one.conversation_id)) return { ...one, delivered_seq: 0, read_seq: 0 };
      return blocked.has(pairKey(viewer, one.user_id)) ? { ...one, read_seq: 0 } : one;
    });
  }

  /** Of the viewer's own messages in large conversations: by how many others they were read. */
  private async counted(
    viewer: string,
    messages: readonly MessageDocument[],
    conversations: readonly Sized[],
  ): Promise<(message: MessageDocument) => number> {
    const large = new Set(conversations.map(({ _id }) => _id));
    const own = messages.filter(({ sender_id, conversation_id }) => sender_id === viewer && large.has(conversation_id));
    if (own.length === 0 || !showsReads(viewer, await this.users.findMany([viewer]))) return () => 0;
    const byConversation = Map.groupBy(own, ({ conversation_id }) => conversation_id);
    const ranges = [...byConversation].map(([id, some]) => ({ id, from: Math.min(...some.map(({ seq }) => seq)) }));
    const all = Map.groupBy(await this.readTo(ranges), ({ conversation_id }) => conversation_id);
    const mine = await this.ownReads(viewer, [...byConversation.keys()]);
    return ({ conversation_id: id, seq }) => {
      const reached = (all.get(id) ?? []).filter(({ joined_seq, read_seq }) => joined_seq < seq && read_seq >= seq);
      const readers = reached.reduce((sum, { members }) => sum + members, 0);
      return readers - ((mine.get(id) ?? 0) >= seq ? 1 : 0);
    };
  }

  /** Counted in an index, of which as much is read as there are members who have come that far. */
  private readTo(ranges: Array<{ id: string; from: number }>): Promise<ReadTo[]> {
    const place = { conversation_id: '$conversation_id', joined_seq: '$joined_seq', read_seq: '$read_seq' };
    const among = ranges.map(({ id, from }) => ({ conversation_id: id, active: true, read_seq: { $gte: from } }));
    return collections
      .members(this.db)
      .aggregate<ReadTo>([
        { $match: { $or: among } },
        { $group: { _id: place, members: { $sum: 1 } } },
        { $replaceWith: { $mergeObjects: ['$_id', { members: '$members' }] } },
      ])
      .toArray();
  }

  private async ownReads(viewer: string, conversationIds: string[]): Promise<Map<string, number>> {
    const ids = conversationIds.map((id) => memberId(id, viewer));
    const own = await collections
      .members(this.db)
      .find({ _id: { $in: ids } }, { projection: { conversation_id: 1, read_seq: 1 } })
      .toArray();
    return new Map(own.map(({ conversation_id, read_seq }) => [conversation_id, read_seq]));
  }
}

function partition<T>(all: readonly T[], first: (one: T) => boolean): [T[], T[]] {
  return [all.filter(first), all.filter((one) => !first(one))];
}
