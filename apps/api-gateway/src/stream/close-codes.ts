import { ProblemError } from '@plaza/service-kit';

/** How the gateway ends sockets. Below 4000: RFC 6455 and IANA's registry; above: ours, after the HTTP status they resemble. */
export const CLOSE = {
  /** A frame that is not text. */
  BINARY: 1003,
  /** The gateway is on its way out; connect again, to another one, with the last id. */
  RESTART: 1012,
  /** No token, a bad one, or one that has expired. */
  UNAUTHENTICATED: 4401,
  /** The session was ended. */
  REVOKED: 4403,
  /** It reads too slowly; connect again with the last id. */
  TOO_SLOW: 4408,
  /** It sends too much. */
  TOO_MANY: 4429,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

/** In words, for the documentation: what each code means to a client, those included that come from `ws` itself. */
export const CLOSE_MEANINGS: Readonly<Record<number, string>> = {
  1002: 'what was sent is no WebSocket frame',
  [CLOSE.BINARY]: 'a binary frame: only text is understood',
  1007: 'text that is not UTF-8',
  1009: 'a frame larger than 64 KiB',
  [CLOSE.RESTART]: 'the gateway is on its way out: connect again at once with `since`',
  [CLOSE.UNAUTHENTICATED]:
    'no access token, a bad one, or one that has expired: refresh it and connect again with `since`',
  [CLOSE.REVOKED]: 'the session was ended: log in',
  [CLOSE.TOO_SLOW]: 'the client reads too slowly: connect again with `since`',
  [CLOSE.TOO_MANY]: 'the client sends too many frames: wait, then connect again with `since`',
};

/** How a socket ends whose token was refused; the reason is the problem's code. */
export function closeFor(error: unknown): { code: CloseCode; reason: string } {
  const reason = error instanceof ProblemError ? error.code : 'TOKEN_INVALID';
  return { code: reason === 'SESSION_REVOKED' ? CLOSE.REVOKED : CLOSE.UNAUTHENTICATED, reason };
}
