import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Histogram, type Registry } from 'prom-client';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const CLIENT_WENT_AWAY = 499;

/** One line in the log and one observation for each request, by the route's template: URLs name people. */
export function addAccessHooks(fastify: FastifyInstance, access: Logger, registry: Registry): void {
  const durations = new RequestDurations(registry);
  fastify.addHook('onResponse', (request, reply, done) => {
    // Fastify puts these together anew for who asks.
    const { url: route = 'unknown', config } = request.routeOptions;
    const { elapsedTime } = reply;
    const status = reply.raw.writableFinished ? reply.statusCode : CLIENT_WENT_AWAY;
    durations.observe(request.method, route, status, elapsedTime / 1_000);
    if (!config.quiet && access.isLevelEnabled('info')) access.info(line(request, { route, status, elapsedTime }));
    done();
  });
}

interface Outcome {
  route: string;
  status: number;
  /** Milliseconds. */
  elapsedTime: number;
}

function line(request: FastifyRequest, { route, status, elapsedTime }: Outcome): Record<string, unknown> {
  const ms = Math.round(elapsedTime * 10) / 10;
  const { id: requestId, method, plaza } = request;
  return { method, route, status, ms, requestId, traceId: plaza?.traceparent.slice(3, 35), userId: plaza?.userId };
}

/** Looks up the labels of a histogram once per route and status, not once per request. */
class RequestDurations {
  private readonly children = new Map<string, { observe(seconds: number): void }>();
  private readonly histogram: Histogram<'method' | 'route' | 'status'>;

  constructor(registry: Registry) {
    this.histogram = new Histogram({
      name: 'plaza_http_request_duration_seconds',
      help: 'Time from the first byte of a request to the end of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers: [registry],
    });
  }

  observe(method: string, route: string, status: number, seconds: number): void {
    const key = `${method} ${route} ${status}`;
    const child = this.children.get(key) ?? this.histogram.labels({ method, route, status });
    this.children.set(key, child);
    child.observe(seconds);
  }
}
