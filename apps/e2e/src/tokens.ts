import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { ACCESS_TOKEN_SECONDS, SecretBox, signAccessToken, type TokenUser } from '@plaza/service-kit';
import type { Actor } from '@plaza/testing';
import { rows } from './checker.js';
import type { Platform } from './platform.js';

/** Seals the platform's secrets where a test has to open them. */
export const MASTER_KEY = Buffer.alloc(32, 'e2e').toString('base64');

/** Tokens of one who has the platform's database and its master key (`MASTER_KEY`), or would like to. */
export class Forger {
  private constructor(
    private readonly kid: string,
    private readonly stolen: KeyObject,
  ) {}

  static async of(platform: Platform): Promise<Forger> {
    const [pair] = await rows<{ kid: string; sealed_private_jwk: string }>(
      platform,
      'user_service',
      'SELECT kid, sealed_private_jwk FROM signing_key_pairs',
    );
    if (!pair) throw new Error('the platform has no signing key');
    const box = new SecretBox([Buffer.from(MASTER_KEY, 'base64')], 'signing-keys');
    const jwk = JSON.parse(box.open(pair.sealed_private_jwk).toString());
    return new Forger(pair.kid, createPrivateKey({ key: jwk, format: 'jwk' }));
  }

  /** Signed by the platform's own key, good until `endedSeconds` ago; negative: for as long yet. */
  genuine(actor: Actor, endedSeconds: number): Promise<string> {
    const now = new Date(Date.now() - (endedSeconds + ACCESS_TOKEN_SECONDS) * 1_000);
    return signAccessToken({ user: userOf(actor), kid: this.kid, privateKey: this.stolen, now });
  }

  /** Signed by a key that somebody made for it, under the name of the platform's. */
  signedByAnother(actor: Actor): Promise<string> {
    return signAccessToken({
      user: userOf(actor),
      kid: this.kid,
      privateKey: generateKeyPairSync('ed25519').privateKey,
    });
  }
}

/** The actor's own token with other claims under the old signature. */
export function withClaims(actor: Actor, claims: object): string {
  const [header, payload, signature] = actor.session.accessToken.split('.');
  return [header, encoded({ ...decoded(payload), ...claims }), signature].join('.');
}

/** The actor's own claims under no signature at all. */
export function unsigned(actor: Actor): string {
  return `${encoded({ alg: 'none', typ: 'at+jwt' })}.${actor.session.accessToken.split('.')[1]}.`;
}

function userOf({ id, session }: Actor): TokenUser {
  return { id, role: 'USER', sessionId: String(decoded(session.accessToken.split('.')[1]).sid) };
}

function decoded(part = ''): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
