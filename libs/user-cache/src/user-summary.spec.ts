import type { UserCacheEntry } from './user-cache.entity.js';
import { userSummary } from './user-summary.js';

const id = '01930000-0000-7000-8000-00000000000a';

it('embeds what answers show of a user, and nothing more', () => {
  const entry = {
    id,
    username: 'alice',
    displayName: 'Alice',
    avatarUrl: '/media/alice.webp',
    verified: true,
    privacyLevel: 'PRIVATE',
    version: 3,
  } as UserCacheEntry;
  expect(userSummary(id, entry)).toEqual({
    id,
    username: 'alice',
    displayName: 'Alice',
    avatarUrl: '/media/alice.webp',
    verified: true,
  });
});

it('shows the id alone of somebody who is not known yet', () => {
  expect(userSummary(id)).toEqual({ id, username: null, displayName: null, avatarUrl: null, verified: false });
});
