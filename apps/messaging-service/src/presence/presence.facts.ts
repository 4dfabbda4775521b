import { type FramePublished, fact, PresenceChanged, type PresenceStatus } from '@plaza/contracts';
import type { PresenceDocument } from '../storage/documents.js';
import { conversationFrame, type FrameContent, userFrame } from '../storage/frames.js';
import type { MayKnow } from './presence.view.js';

/** How somebody is seen from now on. */
type Presence = Pick<PresenceDocument, '_id' | 'told' | 'shown' | 'told_at' | 'last_seen_at'>;

interface Seen {
  userId: string;
  status: PresenceStatus;
  lastSeenAt: string | null;
}

/** What tells the user's own devices. */
export function ownFrame(presence: Presence): FramePublished {
  const { _id, told, told_at } = presence;
  return userFrame(_id, frameOf(seenAs(presence, told, true), told_at), { momentary: true });
}

/** What tells everybody else, as far as they may know. */
export function shownFacts(
  presence: Presence,
  { may, conversationIds }: { may: MayKnow; conversationIds: readonly string[] },
): Array<PresenceChanged | FramePublished> {
  const { _id: userId, shown, told_at: changedAt } = presence;
  const seen = seenAs(presence, shown, may.presence && may.lastSeen);
  const frame = frameOf(seen, changedAt);
  return [
    fact(PresenceChanged, { ...seen, changedAt: changedAt.toISOString() }),
    ...conversationIds.map((id) => conversationFrame(id, frame, { exceptUserId: userId, momentary: true })),
  ];
}

/** What tells one alone; of a block it says no more than of somebody who has gone. */
export function shownTo(viewerId: string, presence: Presence, isBlocked: boolean): FramePublished {
  const seen = seenAs(presence, isBlocked ? 'OFFLINE' : presence.shown, false);
  return userFrame(viewerId, frameOf(seen, presence.told_at), { momentary: true });
}

function seenAs({ _id, last_seen_at }: Presence, status: PresenceStatus, withTime: boolean): Seen {
  const isSeen = withTime && status === 'OFFLINE';
  return { userId: _id, status, lastSeenAt: (isSeen && last_seen_at?.toISOString()) || null };
}

function frameOf(data: Seen, time: Date): FrameContent {
  return { type: 'presence.changed', time, data };
}
