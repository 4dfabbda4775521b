import { FramePublished, type FrameType, fact } from '@plaza/contracts';
import type { ChangedRow } from './notification.facts.js';
import { notificationView } from './notification.view.js';
import type { UnreadCounts } from './unread-counts.js';

/** More are not named one by one: the client asks for its list again. */
const MOST_IDS = 100;

/** What a recipient's open clients are to see of changes: all that changes in the list, be it read or not. */
export function framesOf(changed: readonly ChangedRow[], unread: UnreadCounts, now: Date): object[] {
  const withdrawn = Map.groupBy(
    changed.filter(({ change }) => change === 'withdrawn'),
    ({ recipientId }) => recipientId,
  );
  const shown = changed.filter(({ change }) => change !== 'withdrawn');
  return [
    ...[...withdrawn].map(([recipientId, rows]) => {
      const data = { ...named(rows.map(({ id }) => id)), withdrawnAt: now.toISOString() };
      return frame(recipientId, { type: 'notification.withdrawn', data }, unread, now);
    }),
    ...shown.map((row) => {
      return frame(row.recipientId, { type: `notification.${row.change}`, data: notificationView(row) }, unread, now);
    }),
  ];
}

/** One frame, however many were read. */
export function readFrame(recipientId: string, ids: readonly string[], unread: UnreadCounts, readAt: Date): object {
  const data = { ...named(ids), readAt: readAt.toISOString() };
  return frame(recipientId, { type: 'notification.read', data }, unread, readAt);
}

function named(ids: readonly string[]): { notificationIds: readonly string[] | null } {
  return { notificationIds: ids.length > MOST_IDS ? null : ids };
}

function frame(
  recipientId: string,
  { type, data }: { type: FrameType; data: object },
  unread: UnreadCounts,
  now: Date,
) {
  return fact(FramePublished, {
    audience: 'USER',
    audienceId: recipientId,
    exceptUserId: null,
    momentary: false,
    frame: { type, time: now.toISOString(), data: { ...data, unreadCount: unread.get(recipientId) ?? 0 } },
    joined: [],
    left: [],
  });
}
