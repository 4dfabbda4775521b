import type { GatewayConfig } from '../config.js';
import { ROUTED_SERVICES } from '../routes.js';
import { HttpUpstream } from './http-upstream.js';

const CONNECTIONS_PER_SERVICE = 128;

/** The services whose addresses are configured. */
export function httpUpstreams(config: GatewayConfig): HttpUpstream[] {
  const { connectTimeout, requestBudget: idleTimeout } = config;
  return ROUTED_SERVICES.flatMap((service) => {
    const url = config[service];
    if (!url) return [];
    return [new HttpUpstream(service, url, { connectTimeout, idleTimeout, connections: CONNECTIONS_PER_SERVICE })];
  });
}
