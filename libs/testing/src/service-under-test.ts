import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { declarationOf, factHeaders } from '@plaza/contracts';
import {
  type RunningService,
  type ServiceDefinition,
  type SettingsSpec,
  SigningKeys,
  signAccessToken,
  startService,
  type TokenUser,
} from '@plaza/service-kit';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import type { Db } from 'mongodb';
import { type Answer, PlazaClient, type RequestOptions } from './client.js';
import { eventually } from './eventually.js';
import { deleteTopics, kafkaPrefix } from './kafka.js';
import { testServers } from './servers.js';
import { createServiceData, type FactInOutbox, type ServiceData } from './service-data.js';
import { settle } from './settle.js';

export interface ActingAs extends Omit<RequestOptions, 'token'> {
  /** Id of the user who asks; absent: nobody, the request has no token. */
  as?: string;
  role?: TokenUser['role'];
}

/**
 * One service on real servers, with a database and a Kafka prefix of its own. The tokens of its users are signed with a key
 * that only this service knows: user-service need not run.
 */
export class ServiceUnderTest {
  private readonly privateKey;
  private readonly sessions = new Map<string, string>();

  private constructor(
    readonly running: RunningService,
    readonly prefix: string,
    private readonly data: ServiceData,
    private readonly producer: Producer,
    private readonly end: () => Promise<void>,
    keys: { privateKey: Parameters<typeof signAccessToken>[0]['privateKey'] },
  ) {
    this.privateKey = keys.privateKey;
  }

  /** Starts the service and waits until all its parts, Kafka's consumers among them, are there. */
  static async start<S extends SettingsSpec>(
    definition: ServiceDefinition<S>,
    env: NodeJS.ProcessEnv = {},
  ): Promise<ServiceUnderTest> {
    const servers = testServers();
    const prefix = kafkaPrefix();
    const data = await createServiceData(definition);
    const running = await startService(definition, {
      env: { ...settingsFor(definition.name, data.url, servers, prefix), ...env },
    });
    // Consumers join their groups in the background, and settle() sees only groups that are there.
    await eventually(() => expectStarted(running), { withinMs: 30_000 });
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const { kty = '', crv = '', x = '' } = publicKey.export({ format: 'jwk' });
    await running.app.get(SigningKeys).put({ kid: KID, publicJwk: { kty, crv, x }, acceptedUntil: null, version: 1 });
    const producer = await connectedProducer(servers.kafkaBrokers);
    const end = async () => {
      await running.stop();
      await producer.disconnect();
      await Promise.all([data.drop(), deleteTopics(prefix)]);
    };
    return new ServiceUnderTest(running, prefix, data, producer, end, { privateKey });
  }

  /** Sends a request to the service itself, past any gateway. */
  async request<T = Record<string, unknown>>(method: string, path: string, o: ActingAs = {}): Promise<Answer<T>> {
    const token = o.as ? await this.tokenOf(o.as, o.role) : undefined;
    return new PlazaClient(this.running.url ?? '').request<T>(method, path, { ...o, token });
  }

  /** A good access token of the user; the same session for the same user. */
  tokenOf(id: string, role: TokenUser['role'] = 'USER'): Promise<string> {
    const sessionId = this.sessions.get(id) ?? randomUUID();
    this.sessions.set(id, sessionId);
    return signAccessToken({ user: { id, sessionId, role }, kid: KID, privateKey: this.privateKey });
  }

  /** Puts a fact of another service on its topic, as that service would have published it. */
  async publish(fact: object, o: { version: number; id?: string; snapshot?: boolean }): Promise<void> {
    const { topic, type, key, producers } = declarationOf(fact);
    const envelope = { id: randomUUID(), snapshot: false, ...o, type, key: key(fact), time: new Date() };
    const message = {
      key: envelope.key,
      value: JSON.stringify(fact),
      headers: factHeaders(envelope, String(producers[0])),
    };
    await this.producer.send({ topic: `${this.prefix}${topic}`, acks: -1, messages: [message] });
  }

  get databaseUrl(): string {
    return this.data.url;
  }

  /** Runs SQL in the service's database. @throws Error where it is not PostgreSQL */
  async query<T extends object = Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<T[]> {
    if (!this.data.pool) throw new Error(`${this.running.name} does not keep its data in PostgreSQL`);
    return (await this.data.pool.query(sql, values)).rows;
  }

  /** The service's MongoDB database, through a client of the test. @throws Error where it is another */
  get db(): Db {
    if (!this.data.db) throw new Error(`${this.running.name} does not keep its data in MongoDB`);
    return this.data.db;
  }

  /** The facts that the service has put into its outbox, oldest first. */
  facts(): Promise<FactInOutbox[]> {
    return this.data.facts();
  }

  /** Waits until the outbox is empty and every consumer has read everything. */
  settle(): Promise<void> {
    return settle({ prefix: this.prefix, databases: [this.databaseUrl] });
  }

  /** Stops the service and removes its database and topics. */
  stop(): Promise<void> {
    return this.end();
  }
}

const KID = 'test-key';

function settingsFor(name: string, databaseUrl: string, servers: ReturnType<typeof testServers>, prefix: string) {
  const service = `PLAZA_${name.toUpperCase().replaceAll('-', '_')}`;
  return {
    PLAZA_POSTGRES_URL: servers.postgresUrl,
    PLAZA_KAFKA_BROKERS: servers.kafkaBrokers,
    PLAZA_MONGODB_URL: servers.mongodbUrl,
    PLAZA_KAFKA_PREFIX: prefix,
    PLAZA_LOG_LEVEL: 'error',
    PLAZA_POOL_SIZE: '8',
    [`${service}_DATABASE_URL`]: databaseUrl,
    [`${service}_PORT`]: '0',
  };
}

async function expectStarted(running: RunningService): Promise<void> {
  const { started } = await running.readiness();
  if (!started) throw new Error(`${running.name} has not started: ${JSON.stringify(await running.health())}`);
}

async function connectedProducer(brokers: string): Promise<Producer> {
  const kafka = new Kafka({ brokers: brokers.split(','), clientId: 'test', logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  return producer;
}
