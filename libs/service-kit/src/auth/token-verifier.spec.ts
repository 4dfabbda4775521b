import { beforeEach, describe, expect, it } from '@jest/globals';
import { alice, forge, type KeyPair, keyPair, NOW } from '../../test/tokens.js';
import { signAccessToken } from './access-token.js';
import { Revocations } from './revocations.js';
import { SigningKeys } from './signing-keys.js';
import { TokenVerifier } from './token-verifier.js';

const MINUTE = 60_000;

describe('TokenVerifier', () => {
  let now: number;
  let key: KeyPair;
  let keys: SigningKeys;
  let revocations: Revocations;
  let verifier: TokenVerifier;
  let token: string;

  beforeEach(async () => {
    now = NOW.getTime();
    key = await keyPair();
    keys = new SigningKeys();
    await keys.put(key.published);
    revocations = new Revocations(() => now);
    verifier = new TokenVerifier(keys, revocations, { now: () => now });
    token = await signAccessToken({ user: alice, kid: key.published.kid, privateKey: key.privateKey, now: NOW });
  });

  it('tells whom a good token speaks for', async () => {
    expect(await verifier.verify(token)).toEqual(alice);
  });

  it('remembers a good token and no other', async () => {
    expect(verifier.recall(token)).toBeUndefined();
    await verifier.verify(token);
    expect(verifier.recall(token)).toEqual(alice);
    const middle = token.length - 40;
    const changed = `${token.slice(0, middle)}${token[middle] === 'A' ? 'B' : 'A'}${token.slice(middle + 1)}`;
    await expect(verifier.verify(changed)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    expect(verifier.recall(changed)).toBeUndefined();
  });

  it('says when a token has expired, also one it remembers', async () => {
    await verifier.verify(token);
    now += 10 * MINUTE - 1;
    expect(verifier.recall(token)).toEqual(alice);
    for (const later of [1, 1_000, 10 * MINUTE]) {
      now += later;
      expect(verifier.recall(token)).toBeUndefined();
      await expect(verifier.verify(token)).rejects.toMatchObject({ status: 401, code: 'TOKEN_EXPIRED' });
    }
  });

  it('says of a token that stays in use when its end has come, or that of its session', async () => {
    const verified = await verifier.verifyToken(token);
    expect(await verifier.verifyToken(token)).toBe(verified);
    expect(verified).toMatchObject({ user: alice, goodUntil: NOW.getTime() + 10 * MINUTE });
    now += 10 * MINUTE - 1;
    verifier.refuseEnded(verified);
    now += 1;
    expect(() => verifier.refuseEnded(verified)).toThrow(expect.objectContaining({ code: 'TOKEN_EXPIRED' }));
    now -= MINUTE;
    revocations.add({ sessionId: alice.sessionId, tokensExpireAt: new Date(now + MINUTE) });
    expect(() => verifier.refuseEnded(verified)).toThrow(expect.objectContaining({ code: 'SESSION_REVOKED' }));
  });

  it('accepts a token from a clock that is a little ahead', async () => {
    now -= 5_000;
    expect(await verifier.verify(token)).toEqual(alice);
    now -= 1_000;
    const another = await forge(key, { jti: 'another' });
    await expect(verifier.verify(another)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('refuses the tokens of a revoked session, also those it remembers', async () => {
    await verifier.verify(token);
    revocations.add({ sessionId: alice.sessionId, tokensExpireAt: new Date(now + 10 * MINUTE) });
    expect(() => verifier.recall(token)).toThrow(expect.objectContaining({ code: 'SESSION_REVOKED' }));
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
    const another = await forge(key, { jti: 'another' });
    await expect(verifier.verify(another)).rejects.toMatchObject({ code: 'SESSION_REVOKED' });
  });

  it('refuses a token whose key has ended before it', async () => {
    await keys.put({ ...key.published, acceptedUntil: new Date(now + MINUTE), version: 2 });
    await verifier.verify(token);
    now += MINUTE;
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('forgets what it remembers when a key gets another end', async () => {
    await verifier.verify(token);
    await keys.put({ ...key.published, acceptedUntil: new Date(now - 1), version: 2 });
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('accepts tokens of the old and of the new key while keys rotate', async () => {
    const next = await keyPair();
    await keys.put(next.published);
    const nextToken = await forge(next);
    expect(await Promise.all([verifier.verify(token), verifier.verify(nextToken)])).toEqual([alice, alice]);
  });

  it('remembers only as many tokens as it has room for', async () => {
    const small = new TokenVerifier(keys, revocations, { now: () => now, cacheSize: 2 });
    const tokens = [token, await forge(key, { jti: '2' }), await forge(key, { jti: '3' })];
    for (const one of tokens) await small.verify(one);
    expect(tokens.map((one) => small.recall(one))).toEqual([undefined, alice, alice]);
  });

  it('says that it can not tell while it has no key and no table to read them from', async () => {
    const blind = new TokenVerifier(new SigningKeys(undefined, { waitMs: 1 }), revocations, { now: () => now });
    await expect(blind.verify(token)).rejects.toMatchObject({ status: 503, code: 'KEYS_UNKNOWN_YET' });
  });
});
