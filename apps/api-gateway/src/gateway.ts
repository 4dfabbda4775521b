import cors from '@fastify/cors';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { HealthParts, LOGGER, REGISTRY, SigningKeys, TokenVerifier } from '@plaza/service-kit';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { GatewayConfig } from './config.js';
import { Calls } from './dispatch/calls.js';
import { CircuitBreaker } from './dispatch/circuit-breaker.js';
import { GuardedUpstream } from './dispatch/guarded-upstream.js';
import { addPassage } from './dispatch/passage.js';
import type { Upstream } from './dispatch/upstream.js';
import { addDocs } from './docs/docs.js';
import { MergedDocs } from './docs/merged-docs.js';
import { Admission, addAdmission } from './edge/admission.js';
import { cleanRequest } from './edge/headers.js';
import { corsOptions, protectData } from './edge/security.js';
import { trackUnused } from './edge/unused-connections.js';
import { keysPart, upstreamPart } from './health.js';
import { GatewayMetrics } from './metrics.js';
import { Rates } from './rates/rates.js';
import { installStream } from './stream/install-stream.js';
import { Unread } from './unread/unread.js';
import { addUnread } from './unread/unread-route.js';

const HEADERS_TIMEOUT_MS = 10_000;

/** Puts the gateway on its Fastify: what is done for every request, the documentation, the way to the services. */
export async function installGateway(
  app: NestFastifyApplication,
  config: GatewayConfig,
  upstreams: Upstream[],
): Promise<void> {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const logger = app.get<Logger>(LOGGER);
  const keys = app.get(SigningKeys);
  const guarded = upstreams.map((upstream) => guard(upstream, config, logger));
  for (const part of [keysPart(keys), ...guarded.map(upstreamPart)]) app.get(HealthParts).add(part);
  const metrics = new GatewayMetrics(app.get<Registry>(REGISTRY), guarded);
  const refused = (limit: string) => metrics.refused(limit);
  fastify.server.prependListener('request', cleanRequest);
  fastify.server.headersTimeout = HEADERS_TIMEOUT_MS;
  const endUnused = trackUnused(fastify.server);
  fastify.addHook('preClose', async () => endUnused());
  fastify.addHook('onClose', async () => void (await Promise.all(upstreams.map((upstream) => upstream.close()))));
  fastify.addHook('onRequest', protectData);
  await fastify.register(cors, corsOptions(config.corsOrigins));
  const rates = new Rates(config);
  const admission = new Admission({ verifier: app.get(TokenVerifier), keys, rates, refused });
  const calls = new Calls({ upstreams: guarded, budget: config.requestBudget });
  await installStream(app, { config, calls, admission, rates });
  await fastify.register(async (scope) => {
    addAdmission(scope, admission);
    await addDocs(scope, new MergedDocs(upstreams, logger));
    addUnread(scope, new Unread(calls));
    addPassage(scope, {
      upstreams: guarded,
      limits: { budget: config.requestBudget, bodyLimit: config.requestBodyLimit },
    });
  });
}

function guard(upstream: Upstream, config: GatewayConfig, logger: Logger): GuardedUpstream {
  const breaker = new CircuitBreaker({ failures: config.breakerFailures, pause: config.breakerPause });
  return new GuardedUpstream(upstream, breaker, logger);
}
