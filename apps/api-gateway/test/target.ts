import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RunningService } from '@plaza/service-kit';
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import { MemoryUpstream } from '../src/dispatch/memory-upstream.js';
import type { Upstream } from '../src/dispatch/upstream.js';
import type { RoutedService } from '../src/routes.js';

export type Dispatch = 'http' | 'memory';

/** What a service saw of a request. */
export interface Seen {
  method: string;
  url: string;
  headers: Record<string, string>;
  rawHeaders: string[];
  body: unknown;
}

/** A service of the simplest kind, to stand behind a gateway under test. Reached over HTTP or in memory. */
export class Target {
  /** How many requests reached it. */
  requests = 0;
  private readonly app: FastifyInstance;

  private constructor(
    readonly service: RoutedService,
    prefix: string,
  ) {
    this.app = fastify({ bodyLimit: 16 * 1024 * 1024 });
    this.app.addHook('onRequest', async () => {
      this.requests += 1;
    });
    addRoutes(this.app, prefix);
  }

  /** @param port where it listens; 0: on a port that nobody has */
  static async start(service: RoutedService, prefix: string, port = 0): Promise<Target> {
    const target = new Target(service, prefix);
    await target.app.listen({ port, host: '127.0.0.1' });
    return target;
  }

  get url(): string {
    return this.app.listeningOrigin;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.app.routing(request, response);
  }

  /** What all-in-one would hold of it. */
  running(): RunningService {
    const { app } = this;
    const handle = (request: IncomingMessage, response: ServerResponse) => this.handle(request, response);
    return { app, handle, readiness: async () => ({ ready: true, started: true }) } as unknown as RunningService;
  }

  async stop(): Promise<void> {
    this.app.server.closeAllConnections();
    await this.app.close();
  }
}

export function inMemory(service: RoutedService, target: () => Pick<Target, 'running'> | undefined): Upstream {
  return new MemoryUpstream(service, () => target()?.running());
}

function addRoutes(app: FastifyInstance, prefix: string): void {
  const seen = ({ method, url, headers, raw, body }: FastifyRequest) => ({
    ...{ method, url, headers, body },
    rawHeaders: raw.rawHeaders,
  });
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.all(`${prefix}/seen`, async (request) => seen(request));
  app.all(`${prefix}/seen/*`, async (request) => seen(request));
  app.get(`${prefix}/broken`, async (_request, reply) => reply.code(500).send({ code: 'OF_THE_SERVICE' }));
  app.get(`${prefix}/away`, async (_request, reply) => reply.code(503).header('retry-after', '7').send({}));
  app.get(`${prefix}/hangs`, () => new Promise(() => undefined));
  app.post(`${prefix}/tired`, { onRequest: async (_request, reply) => reply.code(408).send({}) }, async () => ({}));
  app.get(`${prefix}/late`, async (_request, reply) => {
    await once(reply.raw, 'finish');
    return { tooLate: true };
  });
  app.get(`${prefix}/headers`, async (_request, reply) => {
    reply.header('connection', 'x-secret').header('x-secret', '1').header('set-cookie', ['a=1', 'b=2']);
    return reply.code(201).header('location', '/v1/somewhere').send({ ok: true });
  });
  app.get(`${prefix}/large`, async (_request, reply) => reply.send(Buffer.alloc(3_000_000, 'x')));
  app.get(`${prefix}/stalls`, (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/plain' });
    reply.raw.write('one piece');
  });
  app.get(`${prefix}/stream`, (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    const writing = setInterval(() => reply.raw.write('data: x\n\n'), 100);
    reply.raw.once('close', () => clearInterval(writing));
  });
  for (const own of ['/health', '/health/startup', '/metrics']) app.get(own, async () => ({ of: 'the service' }));
  app.get('/openapi.json', async () => documentOf(prefix));
}

function documentOf(prefix: string) {
  const answer = { 200: { description: 'ok', content: { 'application/json': { schema: REFERENCE } } } };
  return {
    openapi: '3.1.0',
    paths: { [`${prefix}/seen`]: { get: { operationId: 'seen', responses: answer } }, '/health': { get: {} } },
    components: { schemas: { Thing: { type: 'object', title: prefix } } },
  };
}

const REFERENCE = { $ref: '#/components/schemas/Thing' };
