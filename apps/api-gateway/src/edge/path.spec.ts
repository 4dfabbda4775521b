import { serviceOf } from '../routes.js';
import { readPath } from './path.js';

describe('the path of a request', () => {
  it.each([
    ['/v1/users/me', '/v1/users/me'],
    ['/v1/users/me/', '/v1/users/me'],
    ['/v1/users?q=a/../b', '/v1/users'],
    ['/v1/users?q=AC%2FDC&from=https://a.example//b\\c%5cd%00', '/v1/users'],
    ['/v1/%75sers', '/v1/users'],
    ['/v1/users/by-username/j%C3%BCrgen', '/v1/users/by-username/jürgen'],
    ['/.well-known/jwks.json', '/.well-known/jwks.json'],
    ['/', '/'],
  ])('reads %s as %s', (url, path) => expect(readPath(url)).toBe(path));

  it.each([
    ['a dot segment', '/v1/users/../../health'],
    ['an encoded dot segment', '/v1/users/%2e%2E/metrics'],
    ['a half encoded dot segment', '/v1/users/.%2e/x'],
    ['a single dot', '/v1/users/./me'],
    ['a dot at the end', '/v1/users/..'],
    ['doubled slashes', '/v1//users'],
    ['doubled slashes in front', '//evil.example/v1/users'],
    ['an encoded slash', '/v1/users%2fme'],
    ['an encoded backslash', '/v1/users/..%5c..%5chealth'],
    ['a backslash', '/v1/users\\..\\health'],
    ['a twice encoded slash is a percent sign', '/v1/users/%252f'],
    ['a NUL', '/v1/users/%00'],
    ['an absolute URL', 'http://evil.example/v1/users'],
    ['an escape that is none', '/v1/users/%zz'],
    ['bytes that are no text', '/v1/users/%ff'],
    ['a fragment', '/v1/users#/../health'],
    ['a fragment behind a query', '/v1/users?q=1#/../health'],
    ['a space in a query', '/v1/users?q=a b'],
    ['an asterisk', '*'],
  ])('refuses %s', (_what, url) => expect(readPath(url)).toBeUndefined());
});

describe('the service of a path', () => {
  it.each([
    ['/v1/users', 'user-service'],
    ['/v1/users/me', 'user-service'],
    ['/.well-known/jwks.json', 'user-service'],
    ['/v1/follows/1', 'social-service'],
    ['/v1/feed/public', 'post-service'],
    ['/v1/notifications', 'notification-service'],
  ])('%s belongs to %s', (path, service) => expect(serviceOf(path)).toBe(service));

  it.each(['/', '/v1', '/v1/usersx', '/V1/users', '/v1/Users', '/health', '/metrics', '/openapi.json', '/v2/users'])(
    '%s belongs to none',
    (path) => expect(serviceOf(path)).toBeUndefined(),
  );
});
