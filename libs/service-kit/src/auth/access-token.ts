import type { KeyObject } from 'node:crypto';
import { type CryptoKey, SignJWT } from 'jose';
import type { TokenUser } from './token-user.js';

export const TOKEN_ISSUER = 'plaza';
export const TOKEN_AUDIENCE = 'plaza';
export const TOKEN_TYPE = 'at+jwt';
export const TOKEN_ALGORITHM = 'EdDSA';

/** Longest life of an access token, in seconds. A revocation has to be remembered as long as that. */
export const ACCESS_TOKEN_SECONDS = 600;
/** How far clocks of two machines may differ, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 5;
/** How far back revocations are read at start: the life of a token, and a minute for the way. */
export const REVOCATIONS_LOOKBACK_MS = (ACCESS_TOKEN_SECONDS + 60) * 1_000;

export interface AccessToken {
  user: TokenUser;
  kid: string;
  /** Private Ed25519 key. */
  privateKey: CryptoKey | KeyObject;
  now?: Date;
  /** At most ACCESS_TOKEN_SECONDS, which is the default. */
  ttlSeconds?: number;
}

/** Signs an access token that every service accepts once it knows the public key of `kid`. */
export function signAccessToken({ user, kid, privateKey, now = new Date(), ttlSeconds }: AccessToken): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1_000);
  const lifetime = Math.min(ttlSeconds ?? ACCESS_TOKEN_SECONDS, ACCESS_TOKEN_SECONDS);
  return new SignJWT({ sid: user.sessionId, role: user.role })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TOKEN_TYPE, kid })
    .setIssuer(TOKEN_ISSUER)
    .setAudience(TOKEN_AUDIENCE)
    .setSubject(user.id)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetime)
    .sign(privateKey);
}
