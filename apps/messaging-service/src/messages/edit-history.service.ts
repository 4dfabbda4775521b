import { Inject, Injectable } from '@nestjs/common';
import { Cursors, MONGO, mapPage, type Page, type PageQuery, page } from '@plaza/service-kit';
import type { Db } from 'mongodb';
import { collections } from '../storage/collections.js';
import { MessageAccess } from './message-access.js';
import { type EditView, editView } from './messages.view.js';

/** What messages said before. */
@Injectable()
export class EditHistoryService {
  constructor(
    @Inject(MONGO) private readonly db: Db,
    private readonly access: MessageAccess,
    private readonly cursors: Cursors,
  ) {}

  /** The newest first. Whoever sees a message sees what it said before. */
  async list(userId: string, id: string, query: PageQuery): Promise<Page<EditView>> {
    await this.access.visible(userId, id);
    const list = `message-edits:${id}`;
    const [before] = this.cursors.decode(list, query.cursor) ?? [];
    const match = { message_id: id, ...(typeof before === 'string' && { _id: { $lt: before } }) };
    const edits = await collections
      .edits(this.db)
      .find(match, { sort: { _id: -1 }, limit: query.limit + 1 })
      .toArray();
    const cursorOf = ({ _id }: { _id: string }) => this.cursors.encode(list, [_id]);
    return mapPage(page(edits, query.limit, cursorOf), editView);
  }
}
