import type { FastifyInstance, FastifyReply } from 'fastify';
import { METRICS_CONTENT_TYPE, metricsOfProcess } from '../metrics/metrics.js';
import type { HealthParts } from './health-parts.js';

/** For those who run a service: neither token nor deadline, not in the API's document, not passed on by the gateway. */
const OPERATIONAL = { config: { quiet: true, deadline: false } };

/** Adds /health/live, /health/ready, /health/startup, /health and /metrics. */
export function addOperationalRoutes(fastify: FastifyInstance, parts: HealthParts): void {
  fastify.get('/health/live', OPERATIONAL, (_request, reply) => answer(reply, true, 'live'));
  fastify.get('/health/ready', OPERATIONAL, (_request, reply) =>
    answer(reply, parts.ready, parts.ready ? 'ready' : parts.draining ? 'draining' : 'starting'),
  );
  fastify.get('/health/startup', OPERATIONAL, async (_request, reply) => {
    const started = await parts.started();
    return answer(reply, started, started ? 'started' : 'starting');
  });
  fastify.get('/health', OPERATIONAL, () => parts.report());
  fastify.get('/metrics', OPERATIONAL, async (_request, reply) => {
    const text = await metricsOfProcess();
    return reply.type(METRICS_CONTENT_TYPE).send(text);
  });
}

function answer(reply: FastifyReply, good: boolean, status: string): FastifyReply {
  return reply.code(good ? 200 : 503).send({ status });
}
