import { type Intrusion, intrude } from './outsider.js';
import type { Platform } from './platform.js';

/** Two people's ids: the one who blocks or mutes first. */
export type Pair = readonly [string, string];

/** How people stand to each other beyond following. */
export interface Ties {
  blocks: Pair[];
  mutes: Pair[];
  friends: Pair[];
}

const SINCE = '2026-11-01T12:00:00.000Z';

/** Has the platform learn of the ties, as facts: no route makes them yet. */
export async function tie(platform: Platform, { blocks, mutes, friends }: Ties): Promise<void> {
  await intrude(platform, [
    ...blocks.map(([blockerId, blockedId]) =>
      intrusion('block.created', [blockerId, blockedId], { blockerId, blockedId }),
    ),
    ...mutes.map(([muterId, mutedId]) =>
      intrusion('mute.created', [muterId, mutedId], {
        muterId,
        mutedId,
        posts: true,
        notifications: true,
        until: null,
      }),
    ),
    ...friends.map(([requesterId, addresseeId]) =>
      intrusion('friendship.accepted', [requesterId, addresseeId].sort(), {
        requesterId,
        addresseeId,
        status: 'ACCEPTED',
      }),
    ),
  ]);
}

function intrusion(type: string, ends: readonly string[], ofTie: object): Intrusion {
  const value = JSON.stringify({ ...ofTie, createdAt: SINCE });
  return { topic: type.split('.')[0] ?? type, type, key: ends.join(':'), value };
}
