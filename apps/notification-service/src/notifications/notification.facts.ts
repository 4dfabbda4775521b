import {
  fact,
  NotificationCreated,
  NotificationRead,
  type NotificationState,
  NotificationUpdated,
  NotificationWithdrawn,
} from '@plaza/contracts';
import { actionUrlOf, type NotificationRow, priorityOf } from './notification.js';
import type { ShownRow } from './notification.view.js';

/** A notification that was changed, as it is now, or was. */
export interface ChangedRow extends ShownRow {
  change: 'created' | 'updated' | 'withdrawn';
}

/** Those of one recipient. */
interface Lot {
  recipientId: string;
  notificationIds: string[];
}

const MOST_IDS = 100;

/** What is to be published of changes. Those that were read already are nobody's news. */
export function factsOf(changed: readonly ChangedRow[], now: Date): object[] {
  const unread = changed.filter(({ readAt }) => readAt === null);
  const withdrawn = lotsOf(unread.filter(({ change }) => change === 'withdrawn'));
  return [
    ...withdrawn.map((lot) => fact(NotificationWithdrawn, { ...lot, withdrawnAt: now.toISOString() })),
    ...unread.filter(({ change }) => change === 'created').map((row) => fact(NotificationCreated, stateOf(row))),
    ...unread.filter(({ change }) => change === 'updated').map((row) => fact(NotificationUpdated, stateOf(row))),
  ];
}

export function readFacts(recipientId: string, ids: readonly string[], readAt: Date): object[] {
  const lots = lotsOf(ids.map((id) => ({ id, recipientId })));
  return lots.map((lot) => fact(NotificationRead, { ...lot, readAt: readAt.toISOString() }));
}

function lotsOf(rows: ReadonlyArray<Pick<NotificationRow, 'id' | 'recipientId'>>): Lot[] {
  const lots: Lot[] = [];
  const open = new Map<string, Lot>();
  for (const { id, recipientId } of rows) {
    let lot = open.get(recipientId);
    if (!lot || lot.notificationIds.length === MOST_IDS) {
      lot = { recipientId, notificationIds: [] };
      open.set(recipientId, lot);
      lots.push(lot);
    }
    lot.notificationIds.push(id);
  }
  return lots;
}

function stateOf(row: NotificationRow): NotificationState {
  return {
    id: row.id,
    recipientId: row.recipientId,
    senderId: row.senderId,
    senderCount: row.senderCount,
    type: row.type,
    referenceId: row.referenceId,
    actionUrl: actionUrlOf(row),
    priority: priorityOf(row),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
