import { bearerToken } from '@plaza/service-kit';
import type { FastifyInstance } from 'fastify';
import type { Unread } from './unread.js';

export const UNREAD_PATH = '/v1/unread';

/** `GET /v1/unread`. It takes as long as the slowest service, but never longer than a service may take. */
export function addUnread(scope: FastifyInstance, unread: Unread): void {
  scope.get(UNREAD_PATH, { config: { deadline: false } }, async ({ headers, ip }) => {
    return unread.of({ token: { text: bearerToken(headers.authorization) }, address: ip });
  });
}
