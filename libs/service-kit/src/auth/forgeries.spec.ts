import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import { alice, assemble, forge, type KeyPair, keyPair, NOW } from '../../test/tokens.js';
import { ProblemFilter } from '../errors/problem.filter.js';
import { AuthGuard } from './auth.guard.js';
import { CurrentUser, Public, Roles } from './decorators.js';
import { Revocations } from './revocations.js';
import { SigningKeys } from './signing-keys.js';
import type { TokenUser } from './token-user.js';
import { TokenVerifier } from './token-verifier.js';

const now = Math.floor(NOW.getTime() / 1_000);
const claims = {
  iss: 'plaza',
  aud: 'plaza',
  sub: alice.id,
  sid: alice.sessionId,
  role: 'USER',
  iat: now,
  exp: now + 600,
};

@Controller()
class WhoController {
  @Get('me') me(@CurrentUser() user: TokenUser): TokenUser {
    return user;
  }

  @Get('open') @Public() open(@CurrentUser() user: TokenUser | undefined): string {
    return user?.id ?? 'nobody';
  }

  @Get('admin') @Roles('ADMIN') admin(): string {
    return 'in';
  }
}

const keys = new SigningKeys(undefined, { waitMs: 1 });
const revocations = new Revocations(() => NOW.getTime());

@Module({
  controllers: [WhoController],
  providers: [
    { provide: TokenVerifier, useValue: new TokenVerifier(keys, revocations, { now: () => NOW.getTime() }) },
    { provide: APP_GUARD, useClass: AuthGuard },
  ],
})
class WhoModule {}

let app: NestFastifyApplication;
let key: KeyPair;
let ended: KeyPair;
let stranger: KeyPair;

beforeAll(async () => {
  [key, ended, stranger] = await Promise.all([
    keyPair(),
    keyPair({ acceptedUntil: new Date(NOW.getTime() - 1_000) }),
    keyPair(),
  ]);
  await keys.put(key.published);
  await keys.put(ended.published);
  app = await NestFactory.create<NestFastifyApplication>(WhoModule, new FastifyAdapter(), { logger: false });
  app.useGlobalFilters(new ProblemFilter(pino({ level: 'silent' })));
  await app.init();
});

afterAll(() => app.close());

function ask(url: string, authorization?: string, headers: Record<string, string> = {}) {
  return app.inject({ url, headers: { ...headers, ...(authorization !== undefined && { authorization }) } });
}

function rsaToken(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const header = { alg: 'RS256', typ: 'at+jwt', kid: key.published.kid };
  const unsigned = assemble(header, claims, '').slice(0, -1);
  return `${unsigned}.${sign('sha256', Buffer.from(unsigned), privateKey).toString('base64url')}`;
}

/** The classic: the public key, which everybody knows, taken for an HMAC secret. */
function hmacToken(): string {
  const unsigned = assemble({ alg: 'HS256', typ: 'at+jwt', kid: key.published.kid }, claims, '').slice(0, -1);
  const secret = Buffer.from(key.published.publicJwk.x, 'base64url');
  return `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`;
}

async function parts(): Promise<[header: string, payload: string, signature: string]> {
  const [header = '', payload = '', signature = ''] = (await forge(key)).split('.');
  return [header, payload, signature];
}

const header = (over: object = {}) => ({ alg: 'EdDSA', typ: 'at+jwt', kid: key.published.kid, ...over });
const zeros = Buffer.alloc(64);

const forgeries: Array<[name: string, make: () => string | Promise<string>]> = [
  ['alg none without a signature', () => assemble(header({ alg: 'none' }), claims, '')],
  ['alg none with a signature', () => assemble(header({ alg: 'none' }), claims, zeros)],
  ['alg NoNe in other letters', () => assemble(header({ alg: 'NoNe' }), claims, zeros)],
  ['HS256 keyed with the public key', hmacToken],
  ['RS256 with a key of the forger', rsaToken],
  ['a signature of zeros', () => assemble(header(), claims, zeros)],
  ['the signature of another key under a known kid', () => forge(stranger, {}, { kid: key.published.kid })],
  ['a kid that nobody published', () => forge(stranger)],
  ['no kid', () => forge(key, {}, { kid: undefined })],
  ['a kid that is a path', () => forge(stranger, {}, { kid: '../../etc/passwd' })],
  ['a kid that is a property of every object', () => forge(stranger, {}, { kid: '__proto__' })],
  ['a kid that is SQL', () => forge(stranger, {}, { kid: "' OR 1=1 --" })],
  [
    'its own key in the header (jwk)',
    () => forge(stranger, {}, { kid: key.published.kid, jwk: stranger.published.publicJwk }),
  ],
  ['a link to its own keys (jku)', () => forge(key, {}, { jku: 'https://evil.example/jwks.json' })],
  ['a link to its own certificate (x5u)', () => forge(key, {}, { x5u: 'https://evil.example/cert.pem' })],
  ['a critical extension (crit)', () => assemble(header({ crit: ['exp'], exp: now + 600 }), claims, zeros)],
  ['another issuer', () => forge(key, { iss: 'https://evil.example' })],
  ['no issuer', () => forge(key, { iss: undefined })],
  ['another audience', () => forge(key, { aud: 'another-platform' })],
  ['the type of an ID token', () => forge(key, {}, { typ: 'JWT' })],
  ['no type', () => forge(key, {}, { typ: undefined })],
  ['expired', () => forge(key, { iat: now - 700, exp: now - 100 })],
  ['no expiry', () => forge(key, { exp: undefined })],
  ['not valid yet', () => forge(key, { nbf: now + 60 })],
  ['issued in the future', () => forge(key, { iat: now + 60, exp: now + 600 })],
  ['a life longer than any token has', () => forge(key, { exp: now + 86_400 })],
  ['a role that does not exist', () => forge(key, { role: 'ROOT' })],
  ['a subject that is no id', () => forge(key, { sub: { toString: 'x' } })],
  ['no session', () => forge(key, { sid: undefined })],
  ['a key that has ended', () => forge(ended)],
  [
    'another payload under a good signature',
    async () => {
      const [head, , signature] = await parts();
      const payload = Buffer.from(JSON.stringify({ ...claims, role: 'ADMIN' })).toString('base64url');
      return `${head}.${payload}.${signature}`;
    },
  ],
  [
    'a good signature in another spelling',
    async () => {
      const token = (await parts()).join('.');
      return token.slice(0, -1) + String.fromCharCode(token.charCodeAt(token.length - 1) + 1);
    },
  ],
  ['five parts, as an encrypted token has', async () => `${(await parts()).join('.')}.AAAA.AAAA`],
  ['no token at all', () => 'x'],
  ['longer than any token is', () => forge(key, { padding: 'x'.repeat(4_000) })],
];

describe('a forged token', () => {
  it.each(forgeries)('is refused: %s', async (_, make) => {
    const answer = await ask('/me', `Bearer ${await make()}`);
    expect(answer.statusCode).toBe(401);
    expect(answer.json().code).toMatch(/^TOKEN_(INVALID|EXPIRED)$/);
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('is one of at least 25 kinds', () => {
    expect(forgeries.length).toBeGreaterThanOrEqual(25);
  });
});

describe('AuthGuard', () => {
  it('lets a good token in and tells the route who it is', async () => {
    const answer = await ask('/me', `Bearer ${await forge(key)}`);
    expect(answer.json()).toEqual(alice);
  });

  it('asks for a token where there is none', async () => {
    const answer = await ask('/me');
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'TOKEN_MISSING']);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="plaza"');
  });

  it('refuses another scheme', async () => {
    const answer = await ask('/me', `Basic ${Buffer.from('alice:secret').toString('base64')}`);
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'TOKEN_INVALID']);
  });

  it('believes no header that claims an identity', async () => {
    const claimed = { 'x-user-id': alice.id, 'x-plaza-user': JSON.stringify(alice), 'x-forwarded-user': alice.id };
    expect((await ask('/me', undefined, claimed)).statusCode).toBe(401);
    expect((await ask('/open', undefined, claimed)).body).toBe('nobody');
  });

  it('opens a @Public route to everyone, whatever the token', async () => {
    expect((await ask('/open', 'Bearer nonsense')).statusCode).toBe(200);
  });

  it('keeps a role out that the route is not for', async () => {
    const answer = await ask('/admin', `Bearer ${await forge(key)}`);
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'ROLE_REQUIRED']);
    expect((await ask('/admin', `Bearer ${await forge(key, { role: 'ADMIN' })}`)).body).toBe('in');
  });

  it('tells that the session was ended', async () => {
    const sid = '01890000-0000-7000-8000-0000000000ff';
    const token = await forge(key, { sid });
    expect((await ask('/me', `Bearer ${token}`)).statusCode).toBe(200);
    revocations.add({ sessionId: sid, tokensExpireAt: new Date(NOW.getTime() + 600_000) });
    const answer = await ask('/me', `Bearer ${token}`);
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'SESSION_REVOKED']);
  });
});
