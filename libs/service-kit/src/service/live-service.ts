import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ServiceName } from '@plaza/contracts';
import { connectKafka, KafkaLink, KafkaTransport } from '@plaza/kafka';
import type { Registry } from 'prom-client';
import { Unavailable } from '../errors/problems.js';
import { writeProblem } from '../errors/write-problem.js';
import type { HealthParts, HealthReport } from '../health/health-parts.js';
import { kafkaPart } from '../health/kafka-part.js';
import { dropRegistry, showRegistry } from '../metrics/metrics.js';
import type { ServiceConfig } from './definition.js';
import type { Readiness, RunningService } from './running-service.js';
import type { RootParts } from './service-root.js';
import type { StartOptions } from './start-options.js';

/** All of it together: what is still running then is cut off. */
const STOP_WITHIN_MS = 10_000;

export class LiveService implements RunningService {
  readonly name: ServiceName;
  readonly config: ServiceConfig;
  readonly registry: Registry;
  url?: string;
  private stopping?: Promise<void>;

  constructor(
    readonly app: NestFastifyApplication,
    private readonly parts: RootParts,
  ) {
    this.name = parts.definition.name;
    this.config = parts.config;
    this.registry = parts.registry;
    showRegistry(parts.registry);
  }

  /** Initialises the application, starts its consumers and opens the port. */
  async serve({ listen = true, onFatal }: StartOptions): Promise<void> {
    const { app } = this;
    const { health } = this.parts;
    this.addParts(health);
    if (onFatal) app.get(KafkaTransport).onFatal(onFatal);
    connectKafka(app);
    await app.init();
    await app.startAllMicroservices();
    await app.getHttpAdapter().getInstance().ready();
    health.serve();
    if (listen) this.url = await this.listen();
  }

  handle(req: IncomingMessage, res: ServerResponse): void {
    if (this.parts.health.draining) {
      writeProblem(res, new Unavailable('SERVICE_STOPPING', 'This service is on its way out.'));
      return;
    }
    this.app.getHttpAdapter().getInstance().routing(req, res);
  }

  async readiness(): Promise<Readiness> {
    const { health } = this.parts;
    return { ready: health.ready, started: await health.started() };
  }

  health(): Promise<HealthReport> {
    return this.parts.health.report();
  }

  stop(): Promise<void> {
    this.stopping ??= this.stopOnce();
    return this.stopping;
  }

  private addParts(health: HealthParts): void {
    const { app } = this;
    const { store } = this.parts;
    if (store) health.add(store.health);
    const outbox = store && app.get(store.outbox);
    health.add(kafkaPart({ link: app.get(KafkaLink), transport: app.get(KafkaTransport), outbox }));
  }

  private async listen(): Promise<string> {
    const { host, port } = this.config;
    await this.app.listen(port, host);
    return this.app.getUrl();
  }

  private async stopOnce(): Promise<void> {
    const { logger, health } = this.parts;
    health.drain();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), STOP_WITHIN_MS);
    });
    const outcome = await Promise.race([this.closeInOrder(), late]);
    clearTimeout(timer);
    if (outcome === 'late') {
      logger.error('not everything ended in time; the rest is cut off');
      this.app.getHttpServer().closeAllConnections();
    }
    dropRegistry(this.registry);
    logger.info('stopped');
  }

  /** Consumers, then HTTP (what has begun is answered), then the relay with its last facts, then the pools. */
  private async closeInOrder(): Promise<void> {
    await this.app.get(KafkaTransport).close();
    // A connection that was busy when the server began to close is kept alive for a next request.
    const server = this.app.getHttpServer();
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    try {
      await this.app.close();
    } finally {
      clearInterval(idle);
    }
    await this.parts.store?.close();
  }
}
