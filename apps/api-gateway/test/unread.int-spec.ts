import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type RunningService, SigningKeys, signAccessToken, startService } from '@plaza/service-kit';
import { deleteTopics, kafkaPrefix, PlazaClient, testServers } from '@plaza/testing';
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import { gatewayOver } from '../src/app.js';
import { httpUpstreams } from '../src/dispatch/http-upstreams.js';
import { type Dispatch, inMemory } from './target.js';

const DISPATCHERS: Dispatch[] = ['http', 'memory'];
const KID = 'test-key';

/** What a service answers to who asks for its counts. */
class Counting {
  readonly app: FastifyInstance = fastify();
  answer: (request: FastifyRequest) => unknown = () => ({});
  seen: FastifyRequest | undefined;

  static async start(path: string): Promise<Counting> {
    const counting = new Counting();
    counting.app.get(path, async (request, reply) => {
      counting.seen = request;
      const answer = await counting.answer(request);
      return typeof answer === 'number' ? reply.code(answer).send({ code: 'FAILED' }) : answer;
    });
    await counting.app.listen({ port: 0, host: '127.0.0.1' });
    return counting;
  }

  running(): RunningService {
    const { app } = this;
    const handle = (request: IncomingMessage, response: ServerResponse) => app.routing(request, response);
    return { app, handle, readiness: async () => ({ ready: true, started: true }) } as unknown as RunningService;
  }

  async stop(): Promise<void> {
    this.app.server.closeAllConnections();
    await this.app.close();
  }
}

describe.each(DISPATCHERS)('what waits for a user (%s)', (dispatch) => {
  let gateway: RunningService;
  let client: PlazaClient;
  let talk: Counting;
  let told: Counting;
  let privateKey: KeyObject;
  const prefix = kafkaPrefix();

  beforeAll(async () => {
    talk = await Counting.start('/v1/conversations/unread-count');
    told = await Counting.start('/v1/notifications/unread-count');
    const memory = () => [inMemory('messaging-service', () => talk), inMemory('notification-service', () => told)];
    gateway = await startService(gatewayOver(dispatch === 'http' ? httpUpstreams : memory), { env: settings() });
    client = new PlazaClient(gateway.url ?? '');
    const keys = generateKeyPairSync('ed25519');
    const { kty = '', crv = '', x = '' } = keys.publicKey.export({ format: 'jwk' });
    await gateway.app.get(SigningKeys).put({ kid: KID, publicJwk: { kty, crv, x }, acceptedUntil: null, version: 1 });
    privateKey = keys.privateKey;
  });
  beforeEach(() => {
    talk.answer = () => ({ messages: 7, conversations: 2 });
    told.answer = () => ({ count: 5, mentions: 1, requests: 3 });
  });
  afterAll(async () => {
    await gateway?.stop();
    await Promise.all([talk?.stop(), told?.stop(), deleteTopics(prefix)]);
  });

  function settings(): NodeJS.ProcessEnv {
    return {
      PLAZA_KAFKA_BROKERS: testServers().kafkaBrokers,
      PLAZA_KAFKA_PREFIX: prefix,
      PLAZA_PORT: '0',
      PLAZA_LOG_LEVEL: 'silent',
      PLAZA_REQUEST_BUDGET: '1s',
      PLAZA_MESSAGING_SERVICE_URL: talk.app.listeningOrigin,
      PLAZA_NOTIFICATION_SERVICE_URL: told.app.listeningOrigin,
    };
  }

  const tokenOf = (id: string) => {
    return signAccessToken({ user: { id, sessionId: randomUUID(), role: 'USER' }, kid: KID, privateKey });
  };
  const unread = async () => client.request('GET', '/v1/unread', { token: await tokenOf(randomUUID()) });

  it('is counted by the services, asked with the token of the user', async () => {
    const token = await tokenOf(randomUUID());
    const { status, body } = await client.request('GET', '/v1/unread', { token });
    expect([status, body]).toEqual([
      200,
      { messages: 7, conversations: 2, notifications: 5, mentions: 1, requests: 3 },
    ]);
    expect([talk, told].map((it) => it.seen?.headers.authorization)).toEqual(Array(2).fill(`Bearer ${token}`));
  });

  it.each([
    ['fails', () => 500],
    ['hangs', () => new Promise(() => undefined)],
    ['says something else', () => ['much']],
  ])('is null where a service %s, and the rest is told', async (_, answer) => {
    talk.answer = answer;
    const { status, body } = await unread();
    expect(status).toBe(200);
    expect(body).toEqual({ messages: null, conversations: null, notifications: 5, mentions: 1, requests: 3 });
  });

  it('is told to nobody without a good token', async () => {
    expect(await client.request('GET', '/v1/unread')).toMatchObject({ status: 401, body: { code: 'TOKEN_MISSING' } });
    expect(await client.request('GET', '/v1/unread', { token: 'bad' })).toMatchObject({ status: 401 });
    told.answer = () => 401;
    expect(await unread()).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } });
  });

  it('is described', async () => {
    const { body } = await client.request<{ paths: object }>('GET', '/openapi.json');
    expect(body.paths).toHaveProperty(['/v1/unread', 'get', 'responses', '200']);
  });
});
