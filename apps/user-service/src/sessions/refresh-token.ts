import { createHash, createHmac, randomBytes } from 'node:crypto';

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const TOKEN_BYTES = ID_BYTES + 2 * SECRET_BYTES;

/**
 * A refresh token: which session it belongs to, a secret that all tokens of the session share, and its own. The shared one
 * shows that a token was really given out for this session, so that a used one is recognised without keeping its hash,
 * and nobody who merely knows a session's id can have it revoked.
 */
export interface RefreshToken {
  sessionId: string;
  family: Buffer;
  secret: Buffer;
}

export function newRefreshToken(sessionId: string): RefreshToken {
  return { sessionId, family: randomBytes(SECRET_BYTES), secret: randomBytes(SECRET_BYTES) };
}

/**
 * The token that follows this one. `salt` is random and kept with the session: with it and the token, and with nothing less,
 * the successor can be made again for a client that lost the answer.
 */
export function successorOf(token: RefreshToken, salt: Buffer): RefreshToken {
  return { ...token, secret: createHmac('sha256', salt).update(token.secret).digest() };
}

export function newSalt(): Buffer {
  return randomBytes(SECRET_BYTES);
}

export function hashOf(secret: Buffer): Buffer {
  return createHash('sha256').update(secret).digest();
}

export function writeToken({ sessionId, family, secret }: RefreshToken): string {
  return Buffer.concat([Buffer.from(sessionId.replaceAll('-', ''), 'hex'), family, secret]).toString('base64url');
}

/** Undefined for a text that is no refresh token. */
export function readToken(text: string): RefreshToken | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== text) return undefined;
  const id = bytes.toString('hex', 0, ID_BYTES);
  return {
    sessionId: id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    family: bytes.subarray(ID_BYTES, ID_BYTES + SECRET_BYTES),
    secret: bytes.subarray(ID_BYTES + SECRET_BYTES),
  };
}
