import { createHash } from 'node:crypto';
import type { IdempotencyScope } from '@plaza/service-kit';
import type { SendMessage } from '../messages/send.dto.js';
import type { ClientId } from './send.js';

/** What makes a repeated send the same message: the client's own id for it, else the request's Idempotency-Key. */
export function clientIdOf(
  conversationId: string,
  { clientId, ...said }: SendMessage,
  scope?: IdempotencyScope,
): ClientId | undefined {
  if (clientId !== undefined) return { id: clientId, hash: hashOf(conversationId, said), from: 'clientId' };
  if (!scope) return undefined;
  const { userId, route, key, fingerprint } = scope;
  return { id: uuidOf(`${userId} ${route} ${key}`), hash: fingerprint, from: 'Idempotency-Key' };
}

function hashOf(conversationId: string, said: Omit<SendMessage, 'clientId'>): string {
  const { type, content, replyToId, mentionedUserIds, metadata } = said;
  const whole = JSON.stringify([conversationId, type, content, replyToId, mentionedUserIds, metadata]);
  return createHash('sha256').update(whole).digest('base64url');
}

/** A UUIDv8 (RFC 9562): the first bits of a hash, in the form of a UUID. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) & 3] ?? '8';
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
