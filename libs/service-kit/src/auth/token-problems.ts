import { Unauthenticated } from '../errors/problems.js';

export type TokenProblem = 'TOKEN_MISSING' | 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'SESSION_REVOKED';

const DETAILS: Record<TokenProblem, string> = {
  TOKEN_MISSING: 'This needs an access token: Authorization: Bearer <token>.',
  TOKEN_INVALID: 'The access token is not valid.',
  TOKEN_EXPIRED: 'The access token has expired; refresh it.',
  SESSION_REVOKED: 'The session was ended; log in again.',
};

/** 401 with one of the four stable codes. */
export function tokenProblem(code: TokenProblem): Unauthenticated {
  return new Unauthenticated(code, DETAILS[code]);
}

/**
 * The token in an `Authorization` header.
 * @throws Unauthenticated TOKEN_MISSING without a header, TOKEN_INVALID for another scheme
 */
export function bearerToken(header: string | undefined): string {
  if (!header) throw tokenProblem('TOKEN_MISSING');
  if (header.slice(0, 7).toLowerCase() !== 'bearer ') throw tokenProblem('TOKEN_INVALID');
  return header.slice(7);
}
