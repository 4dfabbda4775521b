import { defineService, type ServiceDefinition } from '@plaza/service-kit';
import { AppModule } from './app.module.js';
import { type GatewayConfig, gatewaySettings } from './config.js';
import { httpUpstreams } from './dispatch/http-upstreams.js';
import type { Upstream } from './dispatch/upstream.js';
import { installGateway } from './gateway.js';

/** Gives the services that the gateway has behind it. */
export type UpstreamsOf = (config: GatewayConfig) => Upstream[];

/** Longest silence on a connection: a client that stops reading its answer must not hold it for ever. */
const IDLE_CONNECTION_MS = 60_000;

/** The gateway in front of the given services; `apiGateway` is the one that reaches them over HTTP. */
export function gatewayOver(upstreamsOf: UpstreamsOf): ServiceDefinition<typeof gatewaySettings> {
  return defineService({
    name: 'api-gateway',
    description: 'In front of all services: tokens, rates, routes, merged documentation',
    settings: gatewaySettings,
    module: () => AppModule,
    http: { openapi: false, server: { connectionTimeout: IDLE_CONNECTION_MS } },
    configure: (app, config) => installGateway(app, config, upstreamsOf(config)),
  });
}

export const apiGateway = gatewayOver(httpUpstreams);
