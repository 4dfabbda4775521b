import { Injectable } from '@nestjs/common';
import { Cursors, type JsonValue, type Page, type PageQuery, page } from '@plaza/service-kit';
import type { Filter } from 'mongodb';
import { MemberAccess } from '../members/member-access.js';
import type { MessageDocument } from '../storage/documents.js';
import type { MessageView } from './message.view.js';
import { MessageAccess } from './message-access.js';
import { MessageViews } from './message-views.js';
import { VisibleMessages } from './visible-messages.js';

/** One message, and the lists that are not a conversation's history. */
@Injectable()
export class MessageListsService {
  constructor(
    private readonly members: MemberAccess,
    private readonly access: MessageAccess,
    private readonly messages: VisibleMessages,
    private readonly views: MessageViews,
    private readonly cursors: Cursors,
  ) {}

  async get(userId: string, id: string): Promise<MessageView> {
    const { message, conversation } = await this.access.visible(userId, id);
    return this.views.one(userId, message, conversation);
  }

  /** The answers in the thread that a message began or is part of, the oldest first. */
  async thread(userId: string, id: string, query: PageQuery): Promise<Page<MessageView>> {
    const { message, member, conversation } = await this.access.visible(userId, id);
    const root = message.thread_id ?? message._id;
    const list = `thread:${root}`;
    const [after] = this.cursors.decode(list, query.cursor) ?? [];
    const range = { match: answersOf(root, after), sort: { seq: 1 }, limit: query.limit + 1 } as const;
    const cursorOf = ({ seq }: MessageDocument) => this.cursors.encode(list, [seq]);
    const { items, nextCursor } = page(await this.messages.read(member, range), query.limit, cursorOf);
    return { items: await this.views.of(userId, items, [conversation]), nextCursor };
  }

  /** The pinned messages of a conversation, the one that was pinned last first. */
  async pins(userId: string, conversationId: string, query: PageQuery): Promise<Page<MessageView>> {
    const { member, conversation } = await this.members.activeMember(conversationId, userId);
    const list = `pins:${conversationId}`;
    const match = pinnedBelow(this.cursors.decode(list, query.cursor));
    const range = { match, sort: { pinned_at: -1, seq: -1 }, limit: query.limit + 1 } as const;
    const cursorOf = ({ pinned_at, seq }: MessageDocument) => this.cursors.encode(list, [Number(pinned_at), seq]);
    const { items, nextCursor } = page(await this.messages.read(member, range), query.limit, cursorOf);
    return { items: await this.views.of(userId, items, [conversation]), nextCursor };
  }
}

// Without the types their indexes, which hold few messages, are not considered.

function answersOf(root: string, after: JsonValue | undefined): Filter<MessageDocument> {
  return { thread_id: { $eq: root, $type: 'string' }, seq: { $gt: Number(after ?? 0) } };
}

function pinnedBelow(position: JsonValue[] | undefined): Filter<MessageDocument> {
  const pinned: Filter<MessageDocument> = { pinned_at: { $type: 'date' } };
  if (!position) return pinned;
  const [at, seq] = [new Date(Number(position[0])), Number(position[1])];
  return { $and: [pinned, { $or: [{ pinned_at: { $lt: at } }, { pinned_at: at, seq: { $lt: seq } }] }] };
}
