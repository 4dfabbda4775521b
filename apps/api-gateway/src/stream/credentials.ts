import type { IncomingHttpHeaders } from 'node:http';
import { bearerToken } from '@plaza/service-kit';

/** The subprotocol that we speak. Browsers can send no headers of their own, so there the token is a second subprotocol. */
export const SUBPROTOCOL = 'plaza.v1';

/**
 * The access token of a request for a socket: in `Authorization`, or beside `plaza.v1` among the subprotocols.
 * @throws Unauthenticated for another scheme
 */
export function socketToken(headers: IncomingHttpHeaders): string | undefined {
  if (headers.authorization !== undefined) return bearerToken(headers.authorization);
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  if (!offered.includes(SUBPROTOCOL)) return undefined;
  return offered.find((name) => name !== SUBPROTOCOL && name !== '');
}

/** What is agreed upon, of what a client offers: never the token. */
export function chosenSubprotocol(offered: ReadonlySet<string>): string | false {
  return offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false;
}
