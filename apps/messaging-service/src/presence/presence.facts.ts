import { type FramePublished, fact, PresenceChanged, type PresenceStatus } from '@plaza/contracts';
import { conversationFrame, type FrameContent, userFrame } from '../storage/frames.js';
import type { MayKnow } from './presence.view.js';

/** How somebody is seen from now on. */
export interface NewPresence {
  userId: string;
  status: PresenceStatus;
  lastSeenAt: Date | null;
  changedAt: Date;
}

/** What tells of it: to the user's own devices, and to others as far as they may know. */
export function presenceFacts(
  { userId, status, lastSeenAt, changedAt }: NewPresence,
  { may, conversationIds }: { may: MayKnow; conversationIds: readonly string[] },
): Array<PresenceChanged | FramePublished> {
  const data = { userId, status, lastSeenAt: lastSeenAt?.toISOString() ?? null };
  const own = userFrame(userId, { type: 'presence.changed', time: changedAt, data }, { momentary: true });
  if (!may.presence) return [own];
  const known = { ...data, lastSeenAt: may.lastSeen ? data.lastSeenAt : null };
  const frame: FrameContent = { type: 'presence.changed', time: changedAt, data: known };
  return [
    own,
    fact(PresenceChanged, { ...known, changedAt: changedAt.toISOString() }),
    ...conversationIds.map((id) => conversationFrame(id, frame, { exceptUserId: userId, momentary: true })),
  ];
}
