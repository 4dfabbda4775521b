import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, PlazaClient, RequestOptions } from '@plaza/testing';
import { PASSWORD, type SeedPerson } from './people.js';

/** The platform does not let the seed go on; the message is for who runs it. */
export class SeedRefused extends Error {
  override readonly name = 'SeedRefused';
}

interface Session {
  user: { id: string };
  accessToken: string;
  refreshToken: string;
}

export interface Ask {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  path: string;
  body?: object;
  /** Statuses besides 2xx that are as good, with what was wanted being so already. */
  alsoFine?: readonly number[];
}

const TRIES = 20;
/** Where somebody may not see yet what they will see in a moment, once the facts have come. */
const UNSEEN_PAUSE_MS = 250;
const UNSEEN_TRIES = 60;

/** One of the seeded people, signed in. */
export class Member {
  private constructor(
    private readonly client: PlazaClient,
    readonly person: SeedPerson,
    private session: Session,
  ) {}

  /** Registers the person, or signs in as them where an earlier run has. @throws SeedRefused where the name is somebody else's */
  static async join(client: PlazaClient, person: SeedPerson): Promise<Member> {
    const { username, email, displayName } = person;
    const body = { username, email, displayName, password: PASSWORD };
    const registered = await patiently(() => client.request<Session>('POST', '/v1/auth/register', { body }));
    if (registered.status === 201) return new Member(client, person, registered.body);
    if (registered.status !== 409) throw unexpected('POST', '/v1/auth/register', registered);
    const login = { login: username, password: PASSWORD };
    const known = await patiently(() => client.request<Session>('POST', '/v1/auth/login', { body: login }));
    if (known.status === 200) return new Member(client, person, known.body);
    throw new SeedRefused(`The username ${username} is somebody else's here. Choose other people: --seed <number>.`);
  }

  get id(): string {
    return this.session.user.id;
  }

  /**
   * Sends a request until it is answered for good. The same request is made once, however often the seed is run within a
   * day: its idempotency key is made of what it says.
   * @throws SeedRefused for an answer that is neither a success nor `alsoFine`
   */
  async send<T = Record<string, unknown>>({ method, path, body, alsoFine = [] }: Ask): Promise<Answer<T>> {
    const headers: Record<string, string> = method === 'POST' ? { 'idempotency-key': keyOf(path, body) } : {};
    let answer = await this.ask<T>(method, path, { body, headers });
    for (let tries = 1; answer.status === 404 && tries < UNSEEN_TRIES; tries += 1) {
      await pause(UNSEEN_PAUSE_MS);
      answer = await this.ask<T>(method, path, { body, headers });
    }
    if (answer.status < 300 || alsoFine.includes(answer.status)) return answer;
    throw unexpected(method, path, answer);
  }

  private async ask<T>(method: string, path: string, options: RequestOptions): Promise<Answer<T>> {
    const once = () => this.client.request<T>(method, path, { ...options, token: this.session.accessToken });
    const answer = await patiently(once);
    if (answer.status !== 401) return answer;
    await this.refresh();
    return patiently(once);
  }

  /** An access token lasts ten minutes, which many people may take. */
  private async refresh(): Promise<void> {
    const { refreshToken } = this.session;
    const ask = () => this.client.request<Session>('POST', '/v1/auth/refresh', { body: { refreshToken } });
    const refreshed = await patiently(ask);
    if (refreshed.status !== 200) throw unexpected('POST', '/v1/auth/refresh', refreshed);
    this.session = { ...this.session, ...refreshed.body };
  }
}

/** Asks again when the platform has said that one may: after 429, 503 or a 409 with `Retry-After`. */
async function patiently<T>(ask: () => Promise<Answer<T>>): Promise<Answer<T>> {
  let answer = await ask();
  for (let tries = 1; tries < TRIES; tries += 1) {
    const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
    if (![409, 429, 503].includes(answer.status) || Number.isNaN(seconds)) break;
    await pause(seconds * 1_000);
    answer = await ask();
  }
  return answer;
}

function keyOf(path: string, body: object | undefined): string {
  return `seed-${createHash('sha256')
    .update(JSON.stringify([path, body]))
    .digest('base64url')}`;
}

function unexpected(method: string, path: string, { status, body }: Answer<unknown>): SeedRefused {
  return new SeedRefused(`${method} ${path} answered ${status}: ${JSON.stringify(body)}`);
}
