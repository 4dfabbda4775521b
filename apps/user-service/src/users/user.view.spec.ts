import type { TokenUser } from '@plaza/service-kit';
import { newUser } from '../auth/new-user.js';
import { DEFAULT_PRIVACY } from './privacy-settings.js';
import { mayFind, ownView, viewFor } from './user.view.js';
import type { UserRow } from './user-row.js';

const aliceId = '0193b0a0-0000-7000-8000-00000000000a';
const bob: TokenUser = { id: '0193b0a0-0000-7000-8000-00000000000b', sessionId: 'b', role: 'USER' };
const alice: TokenUser = { id: aliceId, sessionId: 'a', role: 'USER' };
const moderator: TokenUser = { ...bob, role: 'MODERATOR' };

function aliceRow(changes: Partial<UserRow> = {}): UserRow {
  const request = { email: 'alice@example.org', username: 'alice', password: '', displayName: 'Alice' };
  const row = newUser(aliceId, request, new Date('2026-11-21T12:00:00Z'));
  return { ...row, bio: 'Curious', birthDate: '1990-05-04', ...changes };
}

const summary = { id: aliceId, username: 'alice', displayName: 'Alice', avatarUrl: null, verified: false };

describe('viewFor', () => {
  it('shows a public profile, but not what its owner keeps back', () => {
    const view = viewFor(aliceRow(), bob);
    expect(view).toMatchObject({ ...summary, bio: 'Curious', privacyLevel: 'PUBLIC' });
    for (const field of ['email', 'birthDate', 'lastSeenAt', 'phone', 'status', 'version', 'privacySettings']) {
      expect(view).not.toHaveProperty(field);
    }
  });

  it('shows what its owner shows everyone', () => {
    const privacySettings = { ...DEFAULT_PRIVACY, email: 'EVERYONE', birthDate: 'EVERYONE' } as const;
    expect(viewFor(aliceRow({ privacySettings }), bob)).toMatchObject({
      email: 'alice@example.org',
      birthDate: '1990-05-04',
    });
  });

  it.each(['FRIENDS', 'PRIVATE'] as const)(
    'shows strangers the summary alone of a profile that is %s',
    (privacyLevel) => {
      expect(viewFor(aliceRow({ privacyLevel }), bob)).toEqual({ ...summary, privacyLevel });
    },
  );

  it('shows its owner a private profile', () => {
    expect(viewFor(aliceRow({ privacyLevel: 'PRIVATE' }), alice)).toMatchObject({ bio: 'Curious' });
  });

  it('shows moderators a private profile, without its birthday and address', () => {
    const view = viewFor(aliceRow({ privacyLevel: 'PRIVATE' }), moderator);
    expect(view).toMatchObject({ bio: 'Curious' });
    expect(view).not.toHaveProperty('email');
    expect(view).not.toHaveProperty('birthDate');
  });

  it('takes a row that is older than a setting', () => {
    expect(viewFor(aliceRow({ privacySettings: {} }), bob)).not.toHaveProperty('email');
  });
});

describe('mayFind', () => {
  it.each(['SUSPENDED', 'DEACTIVATED', 'DELETED'] as const)('hides an account that is %s from others', (status) => {
    expect(mayFind(aliceRow({ status }), bob)).toBe(false);
    expect(mayFind(aliceRow({ status }), alice)).toBe(true);
    expect(mayFind(aliceRow({ status }), moderator)).toBe(true);
  });
});

describe('ownView', () => {
  it('shows oneself everything but secrets', () => {
    const view = ownView(aliceRow());
    expect(view).toMatchObject({ email: 'alice@example.org', birthDate: '1990-05-04', status: 'ACTIVE', role: 'USER' });
    expect(JSON.stringify(view)).not.toContain('password');
  });
});
