import type { ServiceName } from '@plaza/contracts';

export type RoutedService = Exclude<ServiceName, 'api-gateway'>;

/** Who answers what: a request whose path is one of these, or lies below it, goes to that service. */
export const ROUTES: Readonly<Record<RoutedService, readonly string[]>> = {
  'user-service': ['/v1/auth', '/v1/users', '/v1/reports', '/v1/admin', '/.well-known/jwks.json'],
  'social-service': ['/v1/follows', '/v1/friends', '/v1/blocks', '/v1/mutes', '/v1/groups', '/v1/social'],
  'post-service': ['/v1/posts', '/v1/comments', '/v1/feed', '/v1/hashtags'],
  'event-service': ['/v1/events'],
  'messaging-service': ['/v1/conversations', '/v1/messages', '/v1/presence', '/v1/chatbots'],
  'notification-service': ['/v1/notifications'],
};

export const ROUTED_SERVICES = Object.keys(ROUTES) as RoutedService[];

/** Asked for with a password: limited more tightly, by address. */
const SIGN_INS = new Set(['/v1/auth/login', '/v1/auth/register']);
/** Asked for with a refresh token, or open to everyone. */
const OPEN = new Set(['/v1/auth/refresh', '/.well-known/jwks.json', '/openapi.json', '/asyncapi.json']);

/** Whether a path (see `readPath`) tries a password. */
export function isSignIn(path: string): boolean {
  return SIGN_INS.has(path);
}

/** Clients send their last access token along everywhere; where none is needed, an expired one must not be in the way. */
export function needsNoToken(path: string): boolean {
  return SIGN_INS.has(path) || OPEN.has(path) || isBelow(path, '/docs');
}

/** The service to which a path (see `readPath`) belongs. */
export function serviceOf(path: string): RoutedService | undefined {
  return ROUTED_SERVICES.find((service) => ROUTES[service].some((prefix) => isBelow(path, prefix)));
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}
