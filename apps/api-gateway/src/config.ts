import { duration, list, optional, type ServiceConfig, url, whole } from '@plaza/service-kit';
import { ROUTED_SERVICES, type RoutedService } from './routes.js';
import { streamSettings } from './stream/stream-settings.js';

const perMinute = (env: string, desc: string, quota: number) => whole(env, { desc, default: quota, min: 1 });

export const gatewaySettings = {
  ratePerUser: perMinute('PLAZA_RATE_USER_PER_MINUTE', 'Requests per minute of one user', 600),
  ratePerAddress: perMinute(
    'PLAZA_RATE_IP_PER_MINUTE',
    'Requests per minute without a token from one IPv4 address or IPv6 /64; also bad tokens',
    300,
  ),
  rateOfSignIns: perMinute(
    'PLAZA_RATE_SIGN_IN_PER_MINUTE',
    'Sign-ins and registrations per minute from one IPv4 address or IPv6 /64',
    100,
  ),
  rateOfCommands: perMinute(
    'PLAZA_RATE_COMMANDS_PER_MINUTE',
    'Commands per minute of one user on the stream that reach a service (messages, receipts, typing)',
    1_800,
  ),
  rateCapacity: whole('PLAZA_RATE_CAPACITY', {
    desc: 'Clients that are counted at a time, per limit; bounds the memory for it',
    default: 50_000,
    min: 1_000,
  }),
  corsOrigins: list('PLAZA_CORS_ORIGINS', {
    desc: 'Origins of web pages that may call the API, as https://app.example.org',
    default: [],
  }),
  requestBodyLimit: whole('PLAZA_GATEWAY_BODY_LIMIT', {
    desc: 'Largest body that the gateway lets through, bytes; services have lower limits of their own',
    default: 1_048_576,
    min: 1_024,
  }),
  connectTimeout: duration('PLAZA_CONNECT_TIMEOUT', {
    desc: 'Time to get a connection to a service',
    default: 500,
    min: 10,
    max: 60_000,
  }),
  breakerFailures: whole('PLAZA_BREAKER_FAILURES', {
    desc: 'Requests in a row without any answer after which a service is left in peace',
    default: 5,
    min: 1,
  }),
  breakerPause: duration('PLAZA_BREAKER_PAUSE', {
    desc: 'How long a service is left in peace before one request tries it again',
    default: 2_000,
    min: 10,
    max: 600_000,
  }),
  ...streamSettings,
  ...serviceUrls(),
};

export type GatewayConfig = ServiceConfig<typeof gatewaySettings>;

/** One setting per service, by its name; a service without an address is answered for with 503. */
function serviceUrls() {
  const entries = ROUTED_SERVICES.map((service) => {
    const env = `PLAZA_${service.toUpperCase().replaceAll('-', '_')}_URL`;
    const desc = `Where ${service} listens; not set: it is not part of this installation`;
    return [service, optional(url(env, { desc, protocols: ['http:', 'https:'] }))];
  });
  return Object.fromEntries(entries) as Record<RoutedService, ReturnType<typeof optional<string>>>;
}
