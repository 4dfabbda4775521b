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

/** Value of the `WWW-Authenticate` header for a 401 (RFC 6750). */
export function challenge(error: Unauthenticated): string {
  if (error.code === 'TOKEN_MISSING') return 'Bearer realm="plaza"';
  return `Bearer realm="plaza", error="invalid_token", error_description="${error.detail}"`;
}
