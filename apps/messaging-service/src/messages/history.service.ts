import { Injectable } from '@nestjs/common';
import { Cursors, Malformed, type Page, page } from '@plaza/service-kit';
import { MemberAccess, type Membership } from '../members/member-access.js';
import type { MemberDocument, MessageDocument } from '../storage/documents.js';
import type { MessageView } from './message.view.js';
import { MessageViews } from './message-views.js';
import type { HistoryQuery } from './messages.dto.js';
import { VisibleMessages } from './visible-messages.js';

/** Where a page begins, and which way it goes on. */
type Start = { older: number } | { newer: number } | { around: number };

/** What was said in a conversation, by the places of its messages. */
@Injectable()
export class HistoryService {
  constructor(
    private readonly access: MemberAccess,
    private readonly messages: VisibleMessages,
    private readonly views: MessageViews,
    private readonly cursors: Cursors,
  ) {}

  async list(userId: string, conversationId: string, query: HistoryQuery): Promise<Page<MessageView>> {
    const membership = await this.access.activeMember(conversationId, userId);
    const { items, nextCursor } = await this.page(membership, this.startOf(conversationId, query), query.limit);
    return { items: await this.views.of(userId, items, [membership.conversation]), nextCursor };
  }

  private page({ member }: Membership, start: Start, limit: number): Promise<Page<MessageDocument>> {
    if ('around' in start) return this.around(member, start.around, limit);
    return 'newer' in start ? this.newer(member, start.newer, limit) : this.older(member, start.older, limit);
  }

  private async older(member: MemberDocument, before: number, limit: number): Promise<Page<MessageDocument>> {
    const rows = await this.before(member, before, limit + 1);
    return page(rows, limit, ({ seq }) => this.cursor(member, { older: seq }));
  }

  private async newer(member: MemberDocument, after: number, limit: number): Promise<Page<MessageDocument>> {
    const rows = await this.after(member, after, limit + 1);
    return page(rows, limit, ({ seq }) => this.cursor(member, { newer: seq }));
  }

  /** As many on either side; where there are fewer on one, more of the other. Goes on with newer ones. */
  private async around(member: MemberDocument, seq: number, limit: number): Promise<Page<MessageDocument>> {
    const older = await this.before(member, seq, limit);
    const newer = await this.after(member, seq - 1, limit + 1);
    const olderShown = Math.min(older.length, Math.max(Math.floor(limit / 2), limit - newer.length));
    const { items, nextCursor } = page(newer, limit - olderShown, (last) => this.cursor(member, { newer: last.seq }));
    return { items: [...older.slice(0, olderShown).reverse(), ...items], nextCursor };
  }

  private before(member: MemberDocument, seq: number, limit: number): Promise<MessageDocument[]> {
    return this.messages.read(member, { match: { seq: { $lt: seq } }, sort: { seq: -1 }, limit });
  }

  private after(member: MemberDocument, seq: number, limit: number): Promise<MessageDocument[]> {
    return this.messages.read(member, { match: { seq: { $gt: seq } }, sort: { seq: 1 }, limit });
  }

  /** A cursor goes on as its page did, whatever else is asked for. */
  private startOf(conversationId: string, query: HistoryQuery): Start {
    const [way, seq] = this.cursors.decode(listOf(conversationId), query.cursor) ?? [];
    if (typeof seq === 'number') return way === 'newer' ? { newer: seq } : { older: seq };
    return askedFor(query);
  }

  private cursor({ conversation_id }: MemberDocument, start: { older: number } | { newer: number }): string {
    const position = 'newer' in start ? ['newer', start.newer] : ['older', start.older];
    return this.cursors.encode(listOf(conversation_id), position);
  }
}

function listOf(conversationId: string): string {
  return `messages:${conversationId}`;
}

function askedFor({ beforeSeq, afterSeq, aroundSeq }: HistoryQuery): Start {
  const given = [beforeSeq, afterSeq, aroundSeq].filter((seq) => seq !== undefined);
  if (given.length > 1)
    throw new Malformed('QUERY_INVALID', 'Of beforeSeq, afterSeq and aroundSeq at most one can be given.');
  if (aroundSeq !== undefined) return { around: aroundSeq };
  return afterSeq !== undefined ? { newer: afterSeq } : { older: beforeSeq ?? Number.MAX_SAFE_INTEGER };
}
