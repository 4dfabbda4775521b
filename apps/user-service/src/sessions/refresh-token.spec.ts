import { newRefreshToken, newSalt, readToken, successorOf, writeToken } from './refresh-token.js';

const sessionId = '0193b0a0-0000-7000-8000-00000000000a';

describe('refresh tokens', () => {
  it('are read as they were written', () => {
    const token = newRefreshToken(sessionId);
    expect(readToken(writeToken(token))).toEqual(token);
  });

  it('are never the same', () => {
    expect(writeToken(newRefreshToken(sessionId))).not.toBe(writeToken(newRefreshToken(sessionId)));
  });

  it('have one successor for one salt', () => {
    const [token, salt] = [newRefreshToken(sessionId), newSalt()];
    expect(successorOf(token, salt)).toEqual(successorOf(token, salt));
    expect(successorOf(token, newSalt()).secret).not.toEqual(successorOf(token, salt).secret);
    expect(successorOf(token, salt)).toMatchObject({ sessionId, family: token.family });
  });

  it.each(['', 'nonsense', 'a'.repeat(107), `${'a'.repeat(106)}=`, `${'A'.repeat(110)}`])('%p is none', (text) => {
    expect(readToken(text)).toBeUndefined();
  });
});
