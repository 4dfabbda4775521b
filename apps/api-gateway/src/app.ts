import { defineService, type ServiceDefinition } from '@plaza/service-kit';
import { AppModule } from './app.module.js';
import { type GatewayConfig, gatewaySettings } from './config.js';
import { httpUpstreams } from './dispatch/http-upstreams.js';
import type { Upstream } from './dispatch/upstream.js';
import { installGateway } from './gateway.js';

/** Gives the services that the gateway has behind it. */
export type UpstreamsOf = (config: GatewayConfig) => Upstream[];

/** The gateway in front of the given services; `apiGateway` is the one that reaches them over HTTP. */
export function gatewayOver(upstreamsOf: UpstreamsOf): ServiceDefinition<typeof gatewaySettings> {
  return defineService({
    name: 'api-gateway',
    description: 'In front of all services: tokens, rates, routes, merged documentation',
    settings: gatewaySettings,
    module: () => AppModule,
    http: { openapi: false },
    configure: (app, config) => installGateway(app, config, upstreamsOf(config)),
  });
}

export const apiGateway = gatewayOver(httpUpstreams);
