import { Injectable } from '@nestjs/common';
import { Conflict, Cursors, mapPage, type Page, type PageQuery, page } from '@plaza/service-kit';
import { UserCache, userSummary } from '@plaza/user-cache';
import { MessageAccess } from './message-access.js';
import { MessageReceipts, type Watermarks } from './message-receipts.js';
import type { ReaderView } from './messages.view.js';
import { MOST_WATCHED, readersOf } from './receipts-of.js';

/** Who has read a message. */
@Injectable()
export class ReadByService {
  constructor(
    private readonly access: MessageAccess,
    private readonly receipts: MessageReceipts,
    private readonly users: UserCache,
    private readonly cursors: Cursors,
  ) {}

  /** Without those who do not show it; nobody for who does not either. @throws Conflict CONVERSATION_TOO_LARGE */
  async list(userId: string, id: string, query: PageQuery): Promise<Page<ReaderView>> {
    const { message, conversation } = await this.access.visible(userId, id);
    if (conversation.member_count > MOST_WATCHED)
      throw new Conflict('CONVERSATION_TOO_LARGE', `Of more than ${MOST_WATCHED} members only the number is known.`);
    const list = `read-by:${id}`;
    const [after = ''] = this.cursors.decode(list, query.cursor) ?? [];
    const readers = readersOf(message, await this.receipts.watermarks(userId, [conversation]));
    const rest = readers.filter(({ user_id }) => user_id > String(after)).sort(byUser);
    const readersPage = page(rest, query.limit, ({ user_id }) => this.cursors.encode(list, [user_id]));
    const people = await this.users.findMany(readersPage.items.map(({ user_id }) => user_id));
    return mapPage(readersPage, ({ user_id }) => ({ user: userSummary(user_id, people.get(user_id)) }));
  }
}

function byUser(one: Watermarks, other: Watermarks): number {
  return one.user_id < other.user_id ? -1 : 1;
}
