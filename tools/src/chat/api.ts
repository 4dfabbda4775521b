/** What the platform says no with. */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  /** Seconds after which it makes sense to try again. */
  retryAfter?: number;
}

/** The platform has answered, and not with what was asked for. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** The session is over: nothing can be asked any more. */
export class SessionOver extends Error {
  override readonly name = 'SessionOver';
}

export interface SignedIn {
  user: { id: string; username: string; displayName: string };
  accessToken: string;
  refreshToken: string;
  /** Seconds. */
  expiresIn: number;
}

type Tokens = Omit<SignedIn, 'user'>;
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const ANSWERED_WITHIN_MS = 15_000;
/** A token that lasts no longer than this is not begun with. */
const LEAST_MS = 60_000;

/** Requests to the gateway in the name of somebody who is signed in. */
export class Api {
  private tokens: Tokens;
  private expiresAt: number;
  private renewing: Promise<void> | undefined;
  readonly me: SignedIn['user'];

  constructor(
    readonly url: string,
    { user, ...tokens }: SignedIn,
  ) {
    this.me = user;
    this.tokens = tokens;
    this.expiresAt = expiryOf(tokens);
  }

  /** The token has not long to live. */
  get isExpiring(): boolean {
    return this.expiresAt - Date.now() < LEAST_MS;
  }

  /** An access token that can be used for a while. @throws SessionOver */
  async token(): Promise<string> {
    if (this.isExpiring) await this.renew();
    return this.tokens.accessToken;
  }

  /** Exchanges the tokens for their successors, once, however many ask for it meanwhile. @throws SessionOver */
  renew(): Promise<void> {
    this.renewing ??= this.exchange().finally(() => {
      this.renewing = undefined;
    });
    return this.renewing;
  }

  /** @throws Refused for any answer but 2xx */
  async ask<T>(method: Method, path: string, body?: object): Promise<T> {
    try {
      return await request<T>(this.url, { method, path, body, token: await this.token() });
    } catch (error) {
      if (!(error instanceof Refused) || error.problem.code !== 'TOKEN_EXPIRED') throw error;
      await this.renew();
      return request<T>(this.url, { method, path, body, token: this.tokens.accessToken });
    }
  }

  private async exchange(): Promise<void> {
    const { refreshToken } = this.tokens;
    try {
      const asked = { method: 'POST', path: '/v1/auth/refresh', body: { refreshToken } } as const;
      this.tokens = await request<Tokens>(this.url, asked);
      this.expiresAt = expiryOf(this.tokens);
    } catch (error) {
      if (!(error instanceof Refused) || ![401, 403].includes(error.problem.status)) throw error;
      throw new SessionOver('The session has ended.', { cause: error });
    }
  }
}

export interface Asked {
  method: Method;
  path: string;
  body?: object;
  token?: string;
}

/** One request. @throws Refused for any answer but 2xx */
export async function request<T>(url: string, { method, path, body, token }: Asked): Promise<T> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      accept: 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
  });
  const text = await answer.text();
  if (answer.ok) return (text ? JSON.parse(text) : undefined) as T;
  throw new Refused(problemOf(answer, text));
}

function problemOf({ status, headers }: Response, text: string): Problem {
  const retryAfter = Number(headers.get('retry-after'));
  return {
    code: 'NOT_UNDERSTOOD',
    detail: `The answer was ${status}.`,
    ...(headers.get('content-type')?.includes('json') && JSON.parse(text)),
    status,
    ...(retryAfter > 0 && { retryAfter }),
  };
}

function expiryOf({ expiresIn }: Tokens): number {
  return Date.now() + expiresIn * 1_000;
}
