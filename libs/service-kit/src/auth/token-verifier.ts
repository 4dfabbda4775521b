import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { Unavailable } from '../errors/problems.js';
import {
  ACCESS_TOKEN_SECONDS,
  CLOCK_TOLERANCE_SECONDS,
  TOKEN_ALGORITHM,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  TOKEN_TYPE,
} from './access-token.js';
import { BoundedMap } from './bounded-map.js';
import type { Revocations } from './revocations.js';
import type { SigningKeys, VerificationKey } from './signing-keys.js';
import { tokenProblem } from './token-problems.js';
import { ROLES, type Role, type TokenUser } from './token-user.js';

const MAX_TOKEN_LENGTH = 2_048;
/** The last character of a signature's 64 bytes has four bits to spare; a token has one spelling, in which they are 0. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]{85}[AQgw]$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const HEADER_FIELDS = new Set(['alg', 'typ', 'kid']);

/** A token that was good when it was looked at. */
export interface VerifiedToken {
  readonly user: TokenUser;
  /** In ms since 1970. */
  readonly expiresAt: number;
  /** When the token or its key ends, whichever is first, in ms since 1970. */
  readonly goodUntil: number;
}

export interface TokenVerifierOptions {
  now?: () => number;
  /** Most verified tokens that are remembered. */
  cacheSize?: number;
}

/** Decides whether an access token is good. A token that was good is remembered until it, its session or its key ends. */
export class TokenVerifier {
  private readonly verified: BoundedMap<string, VerifiedToken>;
  private readonly now: () => number;

  constructor(
    private readonly keys: SigningKeys,
    private readonly revocations: Revocations,
    { now = Date.now, cacheSize = 5_000 }: TokenVerifierOptions = {},
  ) {
    this.now = now;
    this.verified = new BoundedMap(cacheSize);
    keys.onChange(() => this.verified.clear());
  }

  /**
   * Gives the token's user.
   * @throws Unauthenticated TOKEN_INVALID, TOKEN_EXPIRED or SESSION_REVOKED; Unavailable KEYS_UNKNOWN_YET where keys are kept
   * in memory alone and none was read yet
   */
  async verify(token: string): Promise<TokenUser> {
    return this.recall(token) ?? (await this.examine(token)).user;
  }

  /** As `verify`, for who keeps a token in use for longer than a request: see `refuseEnded`. */
  async verifyToken(token: string): Promise<VerifiedToken> {
    this.recall(token);
    return this.verified.get(token) ?? (await this.examine(token));
  }

  /**
   * Says whether a token that was verified before is still good. Keys that change are another matter: see `SigningKeys.onChange`.
   * @throws Unauthenticated TOKEN_EXPIRED or SESSION_REVOKED
   */
  refuseEnded(verified: VerifiedToken): void {
    this.refuseRevoked(verified);
    if (verified.goodUntil <= this.now()) throw tokenProblem('TOKEN_EXPIRED');
  }

  /** As `verify`, for a token that was verified before; undefined for any other. Does not wait, which is most of its use. */
  recall(token: string): TokenUser | undefined {
    const known = this.verified.get(token);
    if (!known) return undefined;
    if (known.goodUntil <= this.now()) {
      this.verified.delete(token);
      return undefined;
    }
    this.refuseRevoked(known);
    return known.user;
  }

  private async examine(token: string): Promise<VerifiedToken> {
    const kid = this.plausibleKid(token);
    if (kid === undefined) throw tokenProblem('TOKEN_INVALID');
    const key = await this.keys.find(kid);
    if (!key) throw this.keys.blind ? keysUnknown() : tokenProblem('TOKEN_INVALID');
    const verified = await this.check(token, key);
    this.refuseRevoked(verified);
    this.verified.set(token, verified);
    return verified;
  }

  /** The kid of a token that would be good if its signature is; looking at it first keeps nonsense from waiting for keys. */
  private plausibleKid(token: string): string | undefined {
    if (token.length > MAX_TOKEN_LENGTH || !COMPACT.test(token)) return undefined;
    const header = attempt(() => decodeProtectedHeader(token));
    const claims = attempt(() => decodeJwt(token));
    if (!header || !claims || Object.keys(header).some((field) => !HEADER_FIELDS.has(field))) return undefined;
    const ours = header.alg === TOKEN_ALGORITHM && header.typ === TOKEN_TYPE && claims.iss === TOKEN_ISSUER;
    return ours && typeof header.kid === 'string' && header.kid.length <= 100 ? header.kid : undefined;
  }

  private async check(token: string, key: VerificationKey): Promise<VerifiedToken> {
    const claims = await this.signedClaims(token, key);
    const expiresAt = Number(claims.exp) * 1_000;
    const goodUntil = Math.min(expiresAt, key.acceptedUntil?.getTime() ?? Number.POSITIVE_INFINITY);
    // The tolerance for clocks is meant for tokens that are too young, not for old ones.
    if (expiresAt <= this.now()) throw tokenProblem('TOKEN_EXPIRED');
    if (goodUntil <= this.now()) throw tokenProblem('TOKEN_INVALID');
    return { user: userOf(claims), expiresAt, goodUntil };
  }

  private async signedClaims(token: string, key: VerificationKey): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, key.cryptoKey, {
        algorithms: [TOKEN_ALGORITHM],
        typ: TOKEN_TYPE,
        issuer: TOKEN_ISSUER,
        audience: TOKEN_AUDIENCE,
        requiredClaims: ['sub', 'sid', 'role', 'iat', 'exp'],
        maxTokenAge: ACCESS_TOKEN_SECONDS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(this.now()),
      });
      return payload;
    } catch (error) {
      throw tokenProblem(error instanceof errors.JWTExpired ? 'TOKEN_EXPIRED' : 'TOKEN_INVALID');
    }
  }

  private refuseRevoked({ user, expiresAt }: VerifiedToken): void {
    if (this.revocations.has(user.sessionId)) throw tokenProblem('SESSION_REVOKED');
    if (expiresAt <= this.revocations.refusedUntil) throw tokenProblem('TOKEN_EXPIRED');
  }
}

function userOf({ sub, sid, role, iat, exp }: JWTPayload): TokenUser {
  // A longer life would outlast what is remembered of revoked sessions.
  const tooLong = Number(exp) - Number(iat) > ACCESS_TOKEN_SECONDS;
  if (tooLong || !isId(sub) || !isId(sid) || !isRole(role)) throw tokenProblem('TOKEN_INVALID');
  return { id: sub, sessionId: sid, role };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}

function keysUnknown(): Unavailable {
  return new Unavailable('KEYS_UNKNOWN_YET', 'The keys of access tokens are not known here yet.', { retryAfter: 2 });
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // What can't be read is no token of ours; the caller says so.
    return undefined;
  }
}
