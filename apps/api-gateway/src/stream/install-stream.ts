import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { EphemeralProducer, KafkaTransport, Topics } from '@plaza/kafka';
import { HealthParts, LOGGER, REGISTRY, SigningKeys, TokenVerifier } from '@plaza/service-kit';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { GatewayConfig } from '../config.js';
import type { Calls } from '../dispatch/calls.js';
import type { Admission } from '../edge/admission.js';
import type { Rates } from '../rates/rates.js';
import { Commands } from './commands.js';
import { ConnectionFacts } from './connection-facts.js';
import { Conversations } from './conversations.js';
import { Door } from './door.js';
import { Frames } from './frames.js';
import { type HubBounds, StreamHub } from './hub.js';
import { Keeper } from './keeper.js';
import { STREAM_CONSUMER } from './stream.consumer.js';
import { StreamMetrics } from './stream-metrics.js';
import { addStreamRoute } from './stream-route.js';

export interface StreamParts {
  config: GatewayConfig;
  calls: Calls;
  admission: Admission;
  rates: Rates;
}

const AGE_MS = 300_000;
/** Together with the rest of the gateway's end well below the 3.5 s that it has in all-in-one. */
const GOODBYE_MS = 1_200;
const LAST_FACTS_MS = 500;

/** Puts `/v1/stream` on the gateway's Fastify. */
export async function installStream(app: NestFastifyApplication, parts: StreamParts): Promise<void> {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const { config, admission } = parts;
  const facts = new ConnectionFacts({
    ephemeral: app.get(EphemeralProducer),
    topics: app.get(Topics),
    logger: app.get<Logger>(LOGGER),
  });
  const hub = hubOf(app, parts, facts);
  const verifier = app.get(TokenVerifier);
  const keeper = new Keeper({ hub, verifier, keys: app.get(SigningKeys), pingEvery: config.streamPing });
  const limits = { all: config.streamConnections, perUser: config.streamConnectionsPerUser };
  const door = new Door({ hub, admission, origins: config.corsOrigins, limits });
  app.get(Frames).goTo((record) => hub.take(record));
  await fastify.register(async (scope) => addStreamRoute(scope, { hub, door }));
  const health = app.get(HealthParts);
  health.add({ name: 'stream', started: () => hub.ready, state: () => ({ up: hub.ready, ...hub.state }) });
  // Clients go elsewhere at once, not when consumers have been stopped.
  let goodbye: Promise<void> | undefined;
  health.onDrain(() => {
    goodbye = hub.drain();
  });
  fastify.addHook('onReady', async () => {
    keeper.start();
    facts.start();
  });
  fastify.addHook('preClose', async () => {
    keeper.stop();
    await within(GOODBYE_MS, Promise.all([goodbye ?? hub.drain(), hub.empty()]));
    hub.cutOff();
    await within(LAST_FACTS_MS, facts.stop());
  });
}

function hubOf(app: NestFastifyApplication, { config, calls, rates }: StreamParts, facts: ConnectionFacts): StreamHub {
  const logger = app.get<Logger>(LOGGER);
  const verifier = app.get(TokenVerifier);
  const transport = app.get(KafkaTransport);
  const metrics = new StreamMetrics(app.get<Registry>(REGISTRY));
  const commands = new Commands({
    calls,
    verify: (token) => verifier.verifyToken(token),
    rate: rates.commands,
    idFor: (client) => hub.idFor(client),
    logger,
  });
  const hub: StreamHub = new StreamHub({
    bounds: boundsOf(config),
    position: () => transport.position(STREAM_CONSUMER),
    conversations: new Conversations(calls),
    commands,
    facts,
    metrics,
    logger,
  });
  metrics.watch(hub);
  return hub;
}

function boundsOf(config: GatewayConfig): HubBounds {
  return {
    ring: { age: AGE_MS, entries: config.streamRingFrames, bytes: config.streamRingBytes },
    buffers: { each: config.streamBufferOfClient, all: config.streamBufferOfAll },
    commands: { perSecond: config.streamFramesPerSecond, burst: config.streamFramesAtOnce },
  };
}

async function within(ms: number, ending: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([ending, late]);
  clearTimeout(timer);
}
