import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Outbox } from '@plaza/kafka';
import {
  Cursors,
  mapPage,
  NotFound,
  type Page,
  type Prepared,
  page,
  queryPrepared,
  transaction,
} from '@plaza/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { readFacts } from './notification.facts.js';
import { readFrame } from './notification.frames.js';
import { createdAtOf } from './notification.js';
import {
  type ListedRow,
  type NotificationView,
  notificationView,
  shownColumns,
  type UnreadCountView,
} from './notification.view.js';
import type { ListNotifications } from './notifications.dto.js';
import { unreadCounts } from './unread-counts.js';

/** Above every position. */
const TOP = '9223372036854775807';

const LIST = listing('notifications', '');
const LIST_UNREAD = listing('notifications-unread', 'AND read_at IS NULL');
const UNREAD_COUNT: Prepared = {
  name: 'notifications-unread-count',
  text: `
    SELECT count(*)::integer AS count, (count(*) FILTER (WHERE type = 'MENTION'))::integer AS mentions,
           (count(*) FILTER (WHERE type = 'FOLLOW_REQUEST'))::integer AS requests
      FROM notifications WHERE recipient_id = $1 AND read_at IS NULL`,
};

/** What its recipient sees of the notifications, and marks as read: under his lock, so that no group grows unseen. */
@Injectable()
export class NotificationsService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly outbox: Outbox,
    private readonly cursors: Cursors,
  ) {}

  async list(me: string, { unread, type, limit, cursor }: ListNotifications): Promise<Page<NotificationView>> {
    const list = `notifications:${me}:${unread}:${type ?? ''}`;
    const [below = TOP] = this.cursors.decode(list, cursor) ?? [];
    const statement = unread ? LIST_UNREAD : LIST;
    const rows = await queryPrepared<ListedRow>(this.database, statement, [me, below, type ?? null, limit + 1]);
    return mapPage(
      page(rows, limit, ({ position }) => this.cursors.encode(list, [position])),
      notificationView,
    );
  }

  async unreadCount(me: string): Promise<UnreadCountView> {
    const [row] = await queryPrepared<UnreadCountView>(this.database, UNREAD_COUNT, [me]);
    return row ?? { count: 0, mentions: 0, requests: 0 };
  }

  async read(me: string, id: string): Promise<void> {
    await transaction(this.database, async (manager) => {
      await this.outbox.lock(manager, me);
      const { readAt } = await this.find(manager, me, id);
      if (readAt === null) await this.markRead(manager, me, `id = $3 AND created_at = $4`, [id, createdAtOf(id)]);
    });
  }

  /** @param until id of a notification, a time, or all */
  async readAll(me: string, until?: string): Promise<void> {
    await transaction(this.database, async (manager) => {
      await this.outbox.lock(manager, me);
      if (until === undefined) return this.markRead(manager, me, 'true', []);
      if (until.includes(':')) return this.markRead(manager, me, 'updated_at <= $3', [new Date(until)]);
      const { position } = await this.find(manager, me, until.toLowerCase());
      return this.markRead(manager, me, 'position <= $3', [position]);
    });
  }

  private async find(
    manager: EntityManager,
    me: string,
    id: string,
  ): Promise<{ position: string; readAt: Date | null }> {
    const [found] = await manager.query<Array<{ position: string; readAt: Date | null }>>(
      `SELECT position, read_at AS "readAt" FROM notifications WHERE id = $1 AND created_at = $2 AND recipient_id = $3`,
      [id, createdAtOf(id), me],
    );
    if (!found) throw new NotFound('NOTIFICATION_NOT_FOUND', 'There is no such notification.');
    return found;
  }

  private async markRead(manager: EntityManager, me: string, which: string, values: unknown[]): Promise<void> {
    const now = new Date();
    const read = await manager.query<Array<{ id: string }>>(
      `WITH read AS (
         UPDATE notifications SET read_at = $2 WHERE recipient_id = $1 AND read_at IS NULL AND ${which} RETURNING id, position
       )
       SELECT id FROM read ORDER BY position`,
      [me, now, ...values],
    );
    if (read.length === 0) return;
    const ids = read.map(({ id }) => id);
    const unread = await unreadCounts(manager, [me]);
    await this.outbox.addAll(manager, [...readFacts(me, ids, now), readFrame(me, ids, unread, now)]);
  }
}

function listing(name: string, also: string): Prepared {
  const text = `
    SELECT ${shownColumns('n', 'u')}, n.position
      FROM (SELECT * FROM notifications
             WHERE recipient_id = $1 AND position < $2 AND ($3::text IS NULL OR type = $3) ${also}
             ORDER BY position DESC LIMIT $4) n
      LEFT JOIN user_cache u ON u.id = n.sender_id
     ORDER BY n.position DESC`;
  return { name, text };
}
