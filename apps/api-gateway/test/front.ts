import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type RunningService, SigningKeys, signAccessToken, startService } from '@plaza/service-kit';
import { deleteTopics, kafkaPrefix, testServers } from '@plaza/testing';
import { Client } from 'undici';
import { gatewayOver } from '../src/app.js';
import { httpUpstreams } from '../src/dispatch/http-upstreams.js';
import { ROUTES } from '../src/routes.js';
import { type Dispatch, inMemory, Target } from './target.js';

export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into is up to the test
  json: any;
}

export interface Asking {
  method?: string;
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer | Readable;
}

const KID = 'test-key';

/** A gateway with user-service and social-service behind it, over HTTP or in memory; post-service never started. */
export class Front {
  private readonly client: Client;

  private constructor(
    readonly running: RunningService,
    readonly targets: { user?: Target; social?: Target },
    private readonly parts: { prefix: string; privateKey: Parameters<typeof signAccessToken>[0]['privateKey'] },
  ) {
    this.client = new Client(this.url, { pipelining: 1 });
  }

  static async start(dispatch: Dispatch, env: NodeJS.ProcessEnv = {}): Promise<Front> {
    const targets: Front['targets'] = {
      user: await Target.start('user-service', '/v1/users'),
      social: await Target.start('social-service', '/v1/social'),
    };
    const prefix = kafkaPrefix();
    const running = await startService(gatewayOver(dispatch === 'http' ? httpUpstreams : () => memory(targets)), {
      env: { ...settings(prefix), ...addresses(targets), ...env },
    });
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const { kty = '', crv = '', x = '' } = publicKey.export({ format: 'jwk' });
    await running.app.get(SigningKeys).put({ kid: KID, publicJwk: { kty, crv, x }, acceptedUntil: null, version: 1 });
    return new Front(running, targets, { prefix, privateKey });
  }

  get url(): string {
    return this.running.url ?? '';
  }

  /** Sends a request as it stands: nothing of the path is tidied up. */
  async ask({ method = 'GET', path, headers, body }: Asking): Promise<Answered> {
    const answer = await this.client.request({ method: method as 'GET', path, headers, body: body ?? null });
    const text = await answer.body.text();
    const isJson = /json/.test(String(answer.headers['content-type']));
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text,
      json: isJson && text ? JSON.parse(text) : undefined,
    };
  }

  get(path: string, headers?: Asking['headers']): Promise<Answered> {
    return this.ask({ path, headers });
  }

  /** Writes to a connection of its own and gives all that comes back until the gateway closes it. */
  async raw(...pieces: Array<string | Buffer>): Promise<string> {
    const socket = connect(Number(new URL(this.url).port), '127.0.0.1');
    for (const piece of pieces) socket.write(piece);
    try {
      return await text(socket);
    } finally {
      socket.destroy();
    }
  }

  token(o: { id?: string; sessionId?: string; now?: Date } = {}): Promise<string> {
    const { id = randomUUID(), sessionId = randomUUID(), now } = o;
    return signAccessToken({ user: { id, sessionId, role: 'USER' }, kid: KID, privateKey: this.parts.privateKey, now });
  }

  async stop(): Promise<void> {
    await this.client.destroy();
    await this.running.stop();
    await Promise.all([this.targets.user?.stop(), this.targets.social?.stop()]);
    await deleteTopics(this.parts.prefix);
  }
}

function memory(targets: Front['targets']) {
  return [
    inMemory('user-service', () => targets.user),
    inMemory('social-service', () => targets.social),
    inMemory('post-service', () => undefined),
  ];
}

function addresses({ user, social }: Front['targets']): NodeJS.ProcessEnv {
  return {
    PLAZA_USER_SERVICE_URL: user?.url,
    PLAZA_SOCIAL_SERVICE_URL: social?.url,
    // Nobody listens on port 1.
    PLAZA_POST_SERVICE_URL: 'http://127.0.0.1:1',
  };
}

function settings(prefix: string): NodeJS.ProcessEnv {
  return {
    PLAZA_KAFKA_BROKERS: testServers().kafkaBrokers,
    PLAZA_KAFKA_PREFIX: prefix,
    PLAZA_PORT: '0',
    PLAZA_LOG_LEVEL: 'silent',
    PLAZA_REQUEST_BUDGET: '500ms',
    PLAZA_BREAKER_PAUSE: '300ms',
    PLAZA_BREAKER_FAILURES: '3',
    PLAZA_RATE_IP_PER_MINUTE: '100000',
  };
}

/** Prefixes of services that are not part of the gateway under test. */
export const ABSENT_PREFIXES = [...ROUTES['event-service'], ...ROUTES['messaging-service']];
