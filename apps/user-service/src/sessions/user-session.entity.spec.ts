import { newRefreshToken, newSalt, type RefreshToken } from './refresh-token.js';
import { REPEAT_MS, UserSession } from './user-session.entity.js';

const start = new Date('2026-11-21T12:00:00Z');
const DAY = 86_400_000;
const later = (ms: number) => new Date(start.getTime() + ms);

function startSession(): { session: UserSession; token: RefreshToken } {
  const token = newRefreshToken('0193b0a0-0000-7000-8000-00000000000a');
  const device = { ip: '203.0.113.7', userAgent: 'Test' };
  const userId = '0193b0a0-0000-7000-8000-0000000000ff';
  return {
    token,
    session: UserSession.start({ userId, token, device, deviceName: null, now: start, lifetimeMs: DAY }),
  };
}

function use(session: UserSession, token: RefreshToken, now = start): RefreshToken {
  const refreshed = session.refresh(token, now, newSalt());
  if (refreshed.outcome !== 'refreshed') throw new Error(`expected a successor, it was ${refreshed.outcome}`);
  return refreshed.token;
}

describe('UserSession', () => {
  it('gives another token for each one used', () => {
    const { session, token } = startSession();
    const second = use(session, token);
    const third = use(session, second);
    expect(new Set([token, second, third].map(({ secret }) => secret.toString('hex'))).size).toBe(3);
  });

  it('gives the token used last the same successor again for 10 s', () => {
    const { session, token } = startSession();
    const successor = use(session, token);
    expect(use(session, token, later(REPEAT_MS))).toEqual(successor);
    expect(session.refresh(token, later(REPEAT_MS + 1), newSalt())).toEqual({ outcome: 'reused' });
  });

  it('knows a token that was used before the last, however soon', () => {
    const { session, token } = startSession();
    use(session, use(session, token));
    expect(session.refresh(token, start, newSalt())).toEqual({ outcome: 'reused' });
  });

  it('still takes the successor after its predecessor was repeated', () => {
    const { session, token } = startSession();
    const successor = use(session, token);
    use(session, token, later(1_000));
    expect(use(session, successor, later(2_000))).toBeDefined();
  });

  it('does not take the word of someone who only knows its id', () => {
    const { session, token } = startSession();
    const forged = newRefreshToken(token.sessionId);
    expect(session.refresh(forged, start, newSalt())).toEqual({ outcome: 'refused' });
  });

  it('refuses every token once it was ended or has expired', () => {
    const { session, token } = startSession();
    expect(session.refresh(token, later(DAY), newSalt())).toEqual({ outcome: 'refused' });
    session.end('LOGGED_OUT', start);
    expect(session.refresh(token, start, newSalt())).toEqual({ outcome: 'refused' });
  });

  it('lives on from its last use', () => {
    const { session } = startSession();
    session.touch({ ip: '203.0.113.8', userAgent: null }, later(DAY - 1), DAY);
    expect(session.isOpen(later(DAY + 1))).toBe(true);
    expect(session).toMatchObject({ ip: '203.0.113.8', userAgent: null, lastUsedAt: later(DAY - 1) });
  });
});
