import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { declarationOf, FramePublished, type FrameType, fact, factHeaders } from '@plaza/contracts';
import { KafkaTransport } from '@plaza/kafka';
import { type RunningService, SigningKeys, signAccessToken, startService } from '@plaza/service-kit';
import { deleteTopics, eventually, kafkaPrefix, testServers, withKafkaAdmin } from '@plaza/testing';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { gatewayOver } from '../src/app.js';
import { httpUpstreams } from '../src/dispatch/http-upstreams.js';
import { STREAM_CONSUMER } from '../src/stream/stream.consumer.js';
import { ConversationsTarget } from './conversations-target.js';
import { StreamProbe } from './stream-probe.js';
import { type Dispatch, inMemory } from './target.js';

export interface Connecting {
  /** Which of the gateways; the first by default. */
  at?: RunningService;
  since?: string;
  token?: string;
}

/** What a service tells the clients of a user or a conversation. */
export type Published = Partial<Omit<FramePublished, 'frame'>> &
  Pick<FramePublished, 'audience' | 'audienceId'> & { type?: FrameType; data?: object; version?: number; id?: string };

const KID = 'test-key';

/** Gateways that share a Kafka, with a messaging-service of the simplest kind behind them. */
export class StreamBed {
  readonly gateways: RunningService[] = [];
  readonly target: ConversationsTarget;
  private readonly probes: StreamProbe[] = [];
  private readonly keys = generateKeyPairSync('ed25519');
  private version = 0;

  private constructor(
    private readonly o: { dispatch: Dispatch; prefix: string; env: NodeJS.ProcessEnv },
    parts: { target: ConversationsTarget; producer: Producer },
  ) {
    this.target = parts.target;
    this.producer = parts.producer;
  }

  private readonly producer: Producer;

  static async start(dispatch: Dispatch = 'memory', env: NodeJS.ProcessEnv = {}): Promise<StreamBed> {
    const bed = await StreamBed.empty(dispatch, env);
    await bed.addGateway();
    return bed;
  }

  /** With a gateway that gets no connection to Kafka. */
  static async withoutKafka(): Promise<StreamBed> {
    // Nobody listens on port 1.
    const bed = await StreamBed.empty('memory', { PLAZA_KAFKA_BROKERS: '127.0.0.1:1' });
    await bed.startGateway();
    return bed;
  }

  private static async empty(dispatch: Dispatch, env: NodeJS.ProcessEnv): Promise<StreamBed> {
    const kafka = new Kafka({ brokers: testServers().kafkaBrokers.split(','), logLevel: logLevel.NOTHING });
    const producer = kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
    });
    await producer.connect();
    const target = await ConversationsTarget.start();
    return new StreamBed({ dispatch, prefix: kafkaPrefix(), env }, { target, producer });
  }

  private get topic(): string {
    return `${this.o.prefix}stream.frame`;
  }

  get gateway(): RunningService {
    const [first] = this.gateways;
    if (!first) throw new Error('No gateway runs');
    return first;
  }

  /** Starts another gateway and waits until clients can connect to it. */
  async addGateway(): Promise<RunningService> {
    const gateway = await this.startGateway();
    await eventually(async () => expect((await gateway.health()).parts.stream).toMatchObject({ up: true }), {
      withinMs: 30_000,
    });
    return gateway;
  }

  private async startGateway(): Promise<RunningService> {
    const { dispatch, prefix, env } = this.o;
    const upstreams = () => [inMemory('messaging-service', () => this.target)];
    const gateway = await startService(gatewayOver(dispatch === 'http' ? httpUpstreams : upstreams), {
      env: { ...settings(prefix), PLAZA_MESSAGING_SERVICE_URL: this.target.url, ...env },
    });
    const { kty = '', crv = '', x = '' } = this.keys.publicKey.export({ format: 'jwk' });
    await gateway.app.get(SigningKeys).put({ kid: KID, publicJwk: { kty, crv, x }, acceptedUntil: null, version: 1 });
    this.gateways.push(gateway);
    return gateway;
  }

  async stopGateway(gateway: RunningService): Promise<void> {
    this.gateways.splice(this.gateways.indexOf(gateway), 1);
    await gateway.stop();
  }

  token(id: string, o: { sessionId?: string; ttlSeconds?: number; now?: Date } = {}): Promise<string> {
    const { sessionId = randomUUID(), ...rest } = o;
    return signAccessToken({
      user: { id, sessionId, role: 'USER' },
      kid: KID,
      privateKey: this.keys.privateKey,
      ...rest,
    });
  }

  /** Opens a socket for a user; settles when the gateway says that it is ready. */
  async connect(userId: string, o: Connecting = {}): Promise<StreamProbe> {
    const probe = await this.open({ token: o.token ?? (await this.token(userId)), ...o });
    await probe.next('ready');
    return probe;
  }

  /** Opens a socket, whatever comes of it. */
  async open(o: Connecting & { headers?: Record<string, string>; protocols?: string[] } = {}): Promise<StreamProbe> {
    const url = (o.at ?? this.gateway).url?.replace('http', 'ws');
    const query = o.since === undefined ? '' : `?since=${encodeURIComponent(o.since)}`;
    const authorization: Record<string, string> = o.token === undefined ? {} : { authorization: `Bearer ${o.token}` };
    const headers = { ...authorization, ...o.headers };
    const probe = new StreamProbe(`${url}/v1/stream${query}`, { headers, protocols: o.protocols });
    this.probes.push(probe);
    return probe;
  }

  /** Publishes frames in this order, as one service would. */
  async publish(...frames: Published[]): Promise<void> {
    const messages = frames.map((frame) => this.recordOf(frame));
    await this.producer.send({ topic: this.topic, acks: -1, messages });
  }

  /** Resolves when every gateway has read all that was published. */
  async read(): Promise<void> {
    const ends = await withKafkaAdmin((admin) => admin.fetchTopicOffsets(this.topic));
    await eventually(() => {
      for (const gateway of this.gateways) {
        const partitions = gateway.app.get(KafkaTransport).position(STREAM_CONSUMER)?.partitions ?? [];
        const next = Object.fromEntries(partitions.map((it) => [it.partition, it.next]));
        for (const { partition, high } of ends) expect(next[partition]).toBeGreaterThanOrEqual(Number(high));
      }
    });
  }

  /** A frame for a user. */
  toUser(audienceId: string, data: object = {}): Published {
    return { audience: 'USER', audienceId, type: 'notification.created', data, version: this.nextVersion() };
  }

  /** A frame for the members of a conversation. */
  toConversation(audienceId: string, data: object = {}): Published {
    return { audience: 'CONVERSATION', audienceId, type: 'message.sent', data, version: this.nextVersion() };
  }

  /** Makes the users members, as messaging-service would: in its rows, and by a frame. */
  joins(conversationId: string, ...joined: string[]): Published {
    const version = this.nextVersion();
    for (const userId of joined) this.target.join(conversationId, userId, version);
    return { ...this.toConversation(conversationId, { joined }), type: 'conversation.member-added', version, joined };
  }

  leaves(conversationId: string, ...left: string[]): Published {
    const version = this.nextVersion();
    for (const userId of left) this.target.leave(conversationId, userId, version);
    return { ...this.toConversation(conversationId, { left }), type: 'conversation.member-removed', version, left };
  }

  nextVersion(): number {
    this.version += 1;
    return this.version;
  }

  async facts(topic: string): Promise<Array<{ type: string; fact: Record<string, unknown> }>> {
    const kafka = new Kafka({ brokers: testServers().kafkaBrokers.split(','), logLevel: logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: `${this.o.prefix}test.${randomUUID()}` });
    const read: Array<{ type: string; fact: Record<string, unknown> }> = [];
    await consumer.connect();
    await consumer.subscribe({ topic: `${this.o.prefix}${topic}`, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        read.push({ type: String(message.headers?.ce_type), fact: JSON.parse(String(message.value)) });
      },
    });
    this.atEnd.push(() => consumer.disconnect());
    return read;
  }

  /** Ends all sockets; resolves when the gateways know. */
  async hangUp(): Promise<void> {
    for (const probe of this.probes.splice(0)) probe.terminate();
    for (const gateway of this.gateways) {
      await eventually(async () => expect((await gateway.health()).parts.stream).toMatchObject({ connections: 0 }));
    }
  }

  async stop(): Promise<void> {
    for (const probe of this.probes) probe.terminate();
    await Promise.all([...this.gateways.map((gateway) => gateway.stop()), ...this.atEnd.map((end) => end())]);
    await Promise.all([this.producer.disconnect(), this.target.stop()]);
    await deleteTopics(this.o.prefix);
  }

  private readonly atEnd: Array<() => Promise<void>> = [];

  private recordOf({ type = 'message.sent', data = {}, version, id = randomUUID(), ...addressed }: Published) {
    const time = new Date();
    const published = fact(FramePublished, {
      exceptUserId: null,
      momentary: false,
      joined: [],
      left: [],
      ...addressed,
      frame: { type, time: time.toISOString(), data },
    });
    const { type: ceType, key: keyOf } = declarationOf(published);
    const key = keyOf(published);
    const envelope = { id, type: ceType, key, time, version: version ?? this.nextVersion(), snapshot: false };
    return { key, value: JSON.stringify(published), headers: factHeaders(envelope, 'messaging-service') };
  }
}

function settings(prefix: string): NodeJS.ProcessEnv {
  return {
    PLAZA_KAFKA_BROKERS: testServers().kafkaBrokers,
    PLAZA_KAFKA_PREFIX: prefix,
    PLAZA_KAFKA_PARTITIONS: '3',
    PLAZA_PORT: '0',
    PLAZA_LOG_LEVEL: 'silent',
    PLAZA_REQUEST_BUDGET: '500ms',
    PLAZA_RATE_USER_PER_MINUTE: '100000',
    PLAZA_RATE_IP_PER_MINUTE: '100000',
  };
}
