import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { fact, SessionRevoked, SigningKeyPublished } from '@plaza/contracts';
import { eventually, PlazaClient, testServers } from '@plaza/testing';
import { ServiceUnderTest } from '@plaza/testing/service';
import { defineService, type RunningService, SigningKeys, signAccessToken, startService } from '../src/index.js';
import { sampleService } from './sample/sample.js';
import { sampleEnv } from './sample/start-sample.js';
import { alice, type KeyPair, keyPair } from './tokens.js';

@Controller('v1/private')
class PrivateController {
  @Get() find(): object {
    return { fine: true };
  }
}

@Module({ controllers: [PrivateController] })
class WithoutDatabaseModule {}

/** As the gateway: no database, so keys are kept in memory alone. */
const withoutDatabase = defineService({
  name: 'api-gateway',
  description: 'A sample without a database',
  settings: {},
  module: () => WithoutDatabaseModule,
});

describe('tokens', () => {
  let first: ServiceUnderTest;
  let second: RunningService;
  let gateway: RunningService;
  let key: KeyPair;
  const started: RunningService[] = [];

  beforeAll(async () => {
    first = await ServiceUnderTest.start(sampleService);
    second = await another();
    gateway = await withoutKafkaHistory();
    key = await keyPair();
    await first.publish(published(key), { version: 10 });
  });

  afterAll(async () => {
    await Promise.all(started.map((service) => service.stop()));
    await first.stop();
  });

  /** Another instance of the same service. */
  async function another(env: NodeJS.ProcessEnv = {}): Promise<RunningService> {
    const service = await startService(sampleService, {
      env: { ...sampleEnv(first.databaseUrl, first.prefix), ...env },
    });
    started.push(service);
    return service;
  }

  async function withoutKafkaHistory(): Promise<RunningService> {
    const env = { PLAZA_PORT: '0', PLAZA_KAFKA_BROKERS: testServers().kafkaBrokers, PLAZA_KAFKA_PREFIX: first.prefix };
    const service = await startService(withoutDatabase, { env: { ...env, PLAZA_LOG_LEVEL: 'fatal' } });
    started.push(service);
    return service;
  }

  function published({ published: { kid, publicJwk } }: KeyPair, acceptedUntil: Date | null = null): object {
    const { x } = publicJwk;
    return fact(SigningKeyPublished, {
      kid,
      publicJwk: { kty: 'OKP', crv: 'Ed25519', x },
      signsFrom: new Date().toISOString(),
      acceptedUntil: acceptedUntil?.toISOString() ?? null,
    });
  }

  function tokenOf(sessionId: string, from: KeyPair = key): Promise<string> {
    return signAccessToken({ user: { ...alice, sessionId }, kid: from.published.kid, privateKey: from.privateKey });
  }

  async function ask(service: RunningService, token: string): Promise<unknown> {
    const { status, body } = await new PlazaClient(service.url ?? '').request('GET', '/v1/private', { token });
    return status === 200 ? 200 : body.code;
  }

  function everywhere(token: string): Promise<unknown[]> {
    return Promise.all([first.running, second, gateway].map((service) => ask(service, token)));
  }

  it('are accepted by every instance of every service once their key is published', async () => {
    expect(await everywhere(await tokenOf(randomUUID()))).toEqual([200, 200, 200]);
  });

  it('may be faster than their key', async () => {
    const next = await keyPair();
    const answers = everywhere(await tokenOf(randomUUID(), next));
    await first.publish(published(next), { version: 11 });
    expect(await answers).toEqual([200, 200, 200]);
  });

  it('of a revoked session are refused everywhere', async () => {
    const session = randomUUID();
    const token = await tokenOf(session);
    expect(await everywhere(token)).toEqual([200, 200, 200]);
    await first.publish(revoked(session), { version: 1 });
    // Promised within 1 s; a test asks for five times that.
    const refused = ['SESSION_REVOKED', 'SESSION_REVOKED', 'SESSION_REVOKED'];
    await eventually(async () => expect(await everywhere(token)).toEqual(refused), { withinMs: 5_000 });
  });

  it('of a session that was revoked before an instance started are refused by it as well', async () => {
    const session = randomUUID();
    await first.publish(revoked(session), { version: 1 });
    const late = await another();
    const token = await tokenOf(session);
    await eventually(async () => expect(await ask(late, token)).toBe('SESSION_REVOKED'), { withinMs: 5_000 });
  });

  it('are known by a service that starts while Kafka is away', async () => {
    await first.settle();
    const alone = await another({ PLAZA_KAFKA_BROKERS: '127.0.0.1:1' });
    expect(await ask(alone, await tokenOf(randomUUID()))).toBe(200);
  });

  function revoked(sessionId: string): object {
    const now = Date.now();
    return fact(SessionRevoked, {
      sessionId,
      userId: alice.id,
      revokedAt: new Date(now).toISOString(),
      tokensExpireAt: new Date(now + 600_000).toISOString(),
    });
  }

  describe('the consumer of keys', () => {
    async function row(kid: string): Promise<{ accepted_until: Date | null; version: string } | undefined> {
      await first.settle();
      const rows = await first.query<{ accepted_until: Date | null; version: string }>(
        'SELECT accepted_until, version FROM signing_keys WHERE kid = $1',
        [kid],
      );
      return rows[0];
    }

    const end = new Date('2027-01-01T00:00:00.000Z');

    it('applies', async () => {
      const made = await keyPair();
      await first.publish(published(made), { version: 1 });
      expect(await row(made.published.kid)).toEqual({ accepted_until: null, version: '1' });
    });

    it('ignores a duplicate', async () => {
      const made = await keyPair();
      const id = randomUUID();
      await first.publish(published(made), { version: 1, id });
      await first.publish(published(made), { version: 1, id });
      expect(await row(made.published.kid)).toEqual({ accepted_until: null, version: '1' });
    });

    it('ignores an older version', async () => {
      const made = await keyPair();
      await first.publish(published(made, end), { version: 5 });
      await first.publish(published(made), { version: 4 });
      expect(await row(made.published.kid)).toEqual({ accepted_until: end, version: '5' });
      expect((await first.running.app.get(SigningKeys).find(made.published.kid))?.acceptedUntil).toEqual(end);
    });

    it('takes an end before the publication it belongs to, and ends right', async () => {
      const made = await keyPair();
      await first.publish(published(made, end), { version: 2 });
      await first.publish(published(made), { version: 1 });
      expect(await row(made.published.kid)).toEqual({ accepted_until: end, version: '2' });
    });

    it('takes what is published anew after Kafka was lost', async () => {
      const made = await keyPair();
      await first.publish(published(made), { version: 7, snapshot: true });
      expect(await row(made.published.kid)).toEqual({ accepted_until: null, version: '7' });
    });
  });
});
