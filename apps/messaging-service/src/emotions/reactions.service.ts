import { Inject, Injectable } from '@nestjs/common';
import { emotions } from '@plaza/contracts';
import { Cursors, type JsonValue, MONGO, mapPage, type Page, page } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import type { Db, Filter } from 'mongodb';
import { MessageAccess } from '../messages/message-access.js';
import { collections } from '../storage/collections.js';
import type { EmotionDocument } from '../storage/documents.js';
import type { ReactionsQuery } from './emotions.dto.js';
import { type ReactionView, reactionView } from './emotions.view.js';

/** Who reacted to a message, and how. */
@Injectable()
export class ReactionsService {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly access: MessageAccess,
    private readonly users: UserCache,
    private readonly cursors: Cursors,
  ) {}

  /** By emotion. */
  async list(userId: string, id: string, { emotion, limit, cursor }: ReactionsQuery): Promise<Page<ReactionView>> {
    await this.access.visible(userId, id);
    const list = `reactions:${id}:${emotion ?? ''}`;
    const match = { message_id: id, ...(emotion && { emotion }), ...after(this.cursors.decode(list, cursor)) };
    const found = await collections
      .emotions(this.db)
      .find(match, { sort: { emotion: 1, _id: 1 }, limit: limit + 1 })
      .toArray();
    const reactions = page(found, limit, ({ emotion: last, _id }) => this.cursors.encode(list, [last, _id]));
    const people = await this.users.findMany(reactions.items.map(({ user_id }) => user_id));
    return mapPage(reactions, (reaction) => reactionView(reaction, people));
  }
}

function after(position: JsonValue[] | undefined): Filter<EmotionDocument> {
  if (!position) return {};
  const [last, id] = position;
  const emotion = emotions.find((known) => known === last);
  if (!emotion) throw new Error('a cursor of ours names no emotion');
  return { $or: [{ emotion: { $gt: emotion } }, { emotion, _id: { $gt: String(id) } }] };
}
