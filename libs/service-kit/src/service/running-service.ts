import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ServiceName } from '@plaza/contracts';
import type { Registry } from 'prom-client';
import type { HealthReport } from '../health/health-parts.js';
import type { ServiceConfig } from './definition.js';

export interface Readiness {
  ready: boolean;
  /** All parts were seen at least once. */
  started: boolean;
}

/** A service that was started in this process. */
export interface RunningService {
  readonly name: ServiceName;
  readonly app: NestFastifyApplication;
  readonly config: ServiceConfig;
  /** Where it listens; absent when it was started with `listen: false`. */
  readonly url?: string;
  readonly registry: Registry;
  /** Serves a request in memory, as if it had come over the network. While it stops: 503. */
  handle(req: IncomingMessage, res: ServerResponse): void;
  readiness(): Promise<Readiness>;
  /** What /health shows. */
  health(): Promise<HealthReport>;
  /** Not ready, consumers, HTTP, relay, pools, in this order and within 10 s. May be called more than once. */
  stop(): Promise<void>;
}
