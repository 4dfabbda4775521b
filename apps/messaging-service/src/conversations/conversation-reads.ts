import { Inject, Injectable } from '@nestjs/common';
import { Cursors, type JsonValue, MONGO, type Page, page } from '@plaza/service-kit';
import type { Db, Document } from 'mongodb';
import { conversationNotFound } from '../members/member-access.js';
import { unreadRange } from '../receipts/unread.js';
import { countUnread } from '../receipts/unread-of-many.js';
import { collections, memberId } from '../storage/collections.js';
import type { ConversationDocument, MemberDocument } from '../storage/documents.js';
import type { ConversationView } from './conversation.view.js';
import type { ListConversations } from './conversations.dto.js';
import { inOneAnswer, type ListedConversation, viewsOf } from './listed-conversations.js';
import type { UnreadTotals } from './unread-totals.view.js';

/** What a member sees of conversations: each answer takes two queries, whatever the number of messages. */
@Injectable()
export class ConversationReads {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly cursors: Cursors,
  ) {}

  /** @throws NotFound CONVERSATION_NOT_FOUND */
  async one(id: string, userId: string): Promise<ConversationView> {
    const rows = await this.read([{ $match: { _id: memberId(id, userId), active: true } }]);
    const [view] = await viewsOf(this.db, userId, rows);
    if (!view) throw conversationNotFound();
    return view;
  }

  /** Pinned ones first, the newest pin before; then those in which something has happened last. */
  async list(
    userId: string,
    { archived, requests, limit, cursor }: ListConversations,
  ): Promise<Page<ConversationView>> {
    const name = `conversations:${userId}:${archived}:${requests}`;
    const place = this.cursors.decode(name, cursor);
    const rows = await this.read(
      [{ $match: { user_id: userId, active: true, archived } }],
      [
        { $match: { $and: [requests ? asking(userId) : listed(userId), place ? behind(place) : {}] } },
        { $sort: { 'member.pinned_at': -1, 'conversation.last_activity_at': -1, 'conversation._id': -1 } },
        { $limit: limit + 1 },
      ],
    );
    const { items, nextCursor } = page(rows, limit, (last) => this.cursors.encode(name, placeOf(last)));
    return { items: await viewsOf(this.db, userId, items), nextCursor };
  }

  /** What is unread in all that the list shows. */
  async unread(userId: string): Promise<UnreadTotals> {
    const rows = await this.read<Seqs>(
      [{ $match: { user_id: userId, active: true, archived: false } }],
      [
        { $match: { $and: [listed(userId), { $expr: { $gt: ['$conversation.last_seq', '$member.read_seq'] } }] } },
        { $project: seqs },
      ],
    );
    const ranges = rows.map(({ member, conversation }) => unreadRange(member, conversation));
    const counts = [...(await countUnread(this.db, userId, ranges)).values()].filter((count) => count > 0);
    return { messages: counts.reduce((sum, count) => sum + count, 0), conversations: counts.length };
  }

  private read<Row extends object = ListedConversation>(
    ofMembers: Document[],
    ofBoth: Document[] = [],
  ): Promise<Row[]> {
    // For thousands of conversations `$unwind` takes twice as long, and a pipeline in the lookup several times.
    const lookup = { from: 'conversations', localField: 'conversation_id', foreignField: '_id', as: 'conversation' };
    const both = { _id: 0, conversation: { $first: '$conversation' }, member: '$$ROOT', now: '$$NOW' };
    const stages = [
      ...ofMembers,
      { $lookup: lookup },
      { $project: both },
      ...ofBoth,
      { $unset: 'member.conversation' },
    ];
    return collections.members(this.db).aggregate<Row>(stages, { batchSize: inOneAnswer }).toArray();
  }
}

/** All that is needed to count: whole documents of thousands of conversations would take several times as long. */
interface Seqs {
  member: Pick<MemberDocument, 'conversation_id' | 'read_seq' | 'joined_seq'>;
  conversation: Pick<ConversationDocument, 'last_seq'>;
}

const seqs = {
  'member.conversation_id': 1,
  'member.read_seq': 1,
  'member.joined_seq': 1,
  'conversation.last_seq': 1,
};

/** Of people who have asked the user and have said something. */
function asking(userId: string): Document {
  const request = { 'conversation.request.state': 'PENDING', 'conversation.request.by': { $ne: userId } };
  return { ...request, 'conversation.last_seq': { $gt: 0 } };
}

/** All but what the user has not agreed to, and what others have begun and said nothing in. */
function listed(userId: string): Document {
  const unwanted = {
    'conversation.request.state': { $in: ['PENDING', 'DECLINED'] },
    'conversation.request.by': { $ne: userId },
  };
  const begun = { 'conversation.type': 'DIRECT', 'conversation.created_by': { $ne: userId } };
  return { $nor: [unwanted, { ...begun, 'conversation.last_seq': 0 }] };
}

function placeOf({ member, conversation }: ListedConversation): JsonValue[] {
  return [member.pinned_at?.getTime() ?? null, conversation.last_activity_at.getTime(), conversation._id];
}

function behind([pinned, activity, id]: JsonValue[]): Document {
  const at = new Date(Number(activity));
  const less = {
    $or: [
      { 'conversation.last_activity_at': { $lt: at } },
      { 'conversation.last_activity_at': at, 'conversation._id': { $lt: String(id) } },
    ],
  };
  if (pinned === null) return { 'member.pinned_at': null, ...less };
  const pin = new Date(Number(pinned));
  return {
    $or: [{ 'member.pinned_at': { $lt: pin } }, { 'member.pinned_at': null }, { 'member.pinned_at': pin, ...less }],
  };
}
