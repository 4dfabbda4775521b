import { randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import type { PublishedKey } from '../src/auth/signing-keys.js';
import type { TokenUser } from '../src/auth/token-user.js';

export const NOW = new Date('2026-11-21T12:00:00.000Z');
const SECONDS = Math.floor(NOW.getTime() / 1_000);

export const alice: TokenUser = {
  id: '01890000-0000-7000-8000-00000000000a',
  sessionId: '01890000-0000-7000-8000-0000000000a1',
  role: 'USER',
};

export interface KeyPair {
  published: PublishedKey;
  privateKey: CryptoKey;
}

/** A key as user-service would make it. */
export async function keyPair(over: Partial<PublishedKey> = {}): Promise<KeyPair> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const { x = '' } = await exportJWK(publicKey);
  const publicJwk = { kty: 'OKP', crv: 'Ed25519', x };
  return { published: { kid: randomUUID(), publicJwk, acceptedUntil: null, version: 1, ...over }, privateKey };
}

/** Signs whatever a forger likes; each part can be replaced, or left out by `undefined`. */
export function forge(
  key: KeyPair,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const payload: JWTPayload = {
    iss: 'plaza',
    aud: 'plaza',
    sub: alice.id,
    sid: alice.sessionId,
    role: alice.role,
    iat: SECONDS,
    exp: SECONDS + 600,
    ...claims,
  };
  const fields = { alg: 'EdDSA', typ: 'at+jwt', kid: key.published.kid, ...header };
  return new SignJWT(payload).setProtectedHeader(fields as JWTHeaderParameters).sign(key.privateKey);
}

/** Builds a token by hand, for what no library would sign. */
export function assemble(header: object, payload: object, signature: Buffer | string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = typeof signature === 'string' ? signature : signature.toString('base64url');
  return `${part(header)}.${part(payload)}.${signed}`;
}
