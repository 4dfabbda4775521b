import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';

/** Set by the gateway, which strips what clients send under this name. */
export const CLIENT_IP_HEADER = 'x-plaza-client-ip';

const inMemory = new WeakSet<IncomingMessage>();

/** Notes that a request was handed over by the gateway in this process. */
export function markInMemory(request: IncomingMessage): void {
  inMemory.add(request);
}

/**
 * The client's address. The gateway's word counts when it comes in memory, or from an address that is known to be the
 * gateway's; from anyone else the header is ignored.
 */
export function clientIpOf(request: FastifyRequest, gatewayAddresses: ReadonlySet<string>): string {
  const told = request.headers[CLIENT_IP_HEADER];
  if (typeof told !== 'string') return request.ip;
  const believed = inMemory.has(request.raw) || gatewayAddresses.has(request.socket.remoteAddress ?? '');
  return believed ? told : request.ip;
}
