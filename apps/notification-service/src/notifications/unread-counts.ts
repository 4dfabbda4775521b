import type { EntityManager } from 'typeorm';

/** Recipient → how many notifications are unread. Who has none is not in it. */
export type UnreadCounts = ReadonlyMap<string, number>;

/** As they stand in the open transaction: exact as long as the recipients' locks are held. */
export async function unreadCounts(manager: EntityManager, recipientIds: Iterable<string>): Promise<UnreadCounts> {
  const rows: Array<{ id: string; count: number }> = await manager.query(
    `SELECT recipient_id AS id, count(*)::integer AS count FROM notifications
      WHERE recipient_id = ANY ($1) AND read_at IS NULL GROUP BY recipient_id`,
    [[...new Set(recipientIds)]],
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}
