import { Inject, Injectable } from '@nestjs/common';
import { Cursors, type JsonValue, MONGO, type Page, page } from '@plaza/service-kit';
import type { Db } from 'mongodb';
import { MemberAccess } from '../members/member-access.js';
import { collections } from '../storage/collections.js';
import type { MessageDocument } from '../storage/documents.js';
import type { MessageView } from './message.view.js';
import { MessageViews } from './message-views.js';
import type { SearchQuery } from './messages.dto.js';
import { type Place, type Searched, searchStages, wordsOf } from './search-stages.js';

/** How many conversations one operation searches: each is a part of its pipeline. */
const AT_ONCE = 50;
/** How long a search may take, in ms: words that are everywhere are not worth more. */
const LONGEST = 1_500;

interface Search {
  words: string;
  below?: Place;
  limit: number;
}

/** Finds what was said, in the conversations that the one who asks is in, the newest first. */
@Injectable()
export class SearchService {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly access: MemberAccess,
    private readonly views: MessageViews,
    private readonly cursors: Cursors,
  ) {}

  async search(userId: string, query: SearchQuery): Promise<Page<MessageView>> {
    const { q, conversationId, limit } = query;
    const list = `message-search:${userId}:${conversationId ?? ''}:${q}`;
    const below = placeIn(this.cursors.decode(list, query.cursor));
    const searched = await (conversationId ? this.only(userId, conversationId) : this.all(userId));
    const rows = await this.find(userId, searched, { words: wordsOf(q), below, limit: limit + 1 });
    const { items, nextCursor } = page(rows, limit, (last) => this.cursors.encode(list, positionOf(last)));
    const ofItems = new Set(items.map(({ conversation_id }) => conversation_id));
    const conversations = searched.map(({ conversation }) => conversation).filter(({ _id }) => ofItems.has(_id));
    return { items: await this.views.of(userId, items, conversations), nextCursor };
  }

  /** Conversation by conversation, those first in which something was said last, as long as they can have newer ones. */
  private async find(userId: string, searched: Searched[], search: Search): Promise<MessageDocument[]> {
    const until = performance.now() + LONGEST;
    let found: MessageDocument[] = [];
    for (let from = 0; from < searched.length && search.words !== ''; from += AT_ONCE) {
      const some = searched.slice(from, from + AT_ONCE);
      const oldest = found[search.limit - 1]?.created_at;
      if (oldest && some[0] && oldest > some[0].conversation.last_activity_at) break;
      const timeoutMS = Math.max(Math.ceil(until - performance.now()), 1);
      const stages = searchStages(userId, some, search);
      const more = await collections.messages(this.db).aggregate<MessageDocument>(stages, { timeoutMS }).toArray();
      found = [...found, ...more].sort(newestFirst).slice(0, search.limit);
    }
    return found;
  }

  private async only(userId: string, conversationId: string): Promise<Searched[]> {
    return [await this.access.activeMember(conversationId, userId)];
  }

  /** Those of strangers that the user has declined are out of sight. */
  private all(userId: string): Promise<Searched[]> {
    const shown = { $nor: [{ 'conversation.request.state': 'DECLINED', 'conversation.request.by': { $ne: userId } }] };
    return collections
      .members(this.db)
      .aggregate<Searched>([
        { $match: { user_id: userId, active: true } },
        { $project: { _id: 0, member: { conversation_id: '$conversation_id', joined_seq: '$joined_seq' } } },
        {
          $lookup: {
            from: 'conversations',
            localField: 'member.conversation_id',
            foreignField: '_id',
            as: 'conversation',
          },
        },
        { $unwind: '$conversation' },
        { $match: shown },
        {
          $project: {
            member: 1,
            'conversation._id': 1,
            'conversation.type': 1,
            'conversation.request': 1,
            'conversation.member_count': 1,
            'conversation.last_activity_at': 1,
          },
        },
        { $sort: { 'conversation.last_activity_at': -1 } },
      ])
      .toArray();
  }
}

function positionOf({ created_at, conversation_id, seq }: MessageDocument): JsonValue[] {
  return [created_at.getTime(), conversation_id, seq];
}

function placeIn(position: JsonValue[] | undefined): Place | undefined {
  if (!position) return undefined;
  const [at, conversationId, seq] = position;
  return { created_at: new Date(Number(at)), conversation_id: String(conversationId), seq: Number(seq) };
}

function newestFirst(one: Place, other: Place): number {
  const byTime = other.created_at.getTime() - one.created_at.getTime();
  if (byTime !== 0) return byTime;
  if (one.conversation_id !== other.conversation_id) return one.conversation_id < other.conversation_id ? 1 : -1;
  return other.seq - one.seq;
}
