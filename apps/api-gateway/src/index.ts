export { apiGateway, gatewayOver, type UpstreamsOf } from './app.js';
export type { GatewayConfig } from './config.js';
export { MemoryUpstream } from './dispatch/memory-upstream.js';
export type { Upstream } from './dispatch/upstream.js';
export { ROUTED_SERVICES, ROUTES, type RoutedService } from './routes.js';
