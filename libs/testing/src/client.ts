/** What the gateway answered. `body` is parsed JSON, or undefined where there was none. */
export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

export interface RequestOptions {
  body?: unknown;
  token?: string;
  headers?: Record<string, string>;
}

/** Speaks to a running platform as any client would: JSON over HTTP, through the gateway. */
export class PlazaClient {
  constructor(readonly baseUrl: string) {}

  /** Sends one request and gives the answer whatever its status; only a connection that fails is thrown. */
  async request<T = Record<string, unknown>>(method: string, path: string, o: RequestOptions = {}): Promise<Answer<T>> {
    const headers: Record<string, string> = { accept: 'application/json', ...o.headers };
    if (o.token) headers.authorization = `Bearer ${o.token}`;
    if (o.body !== undefined) headers['content-type'] ??= 'application/json';
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers,
      body:
        o.body === undefined || typeof o.body === 'string' ? (o.body as string | undefined) : JSON.stringify(o.body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text ? parse(text) : undefined) as T };
  }
}

/** A person to register with. */
export interface Person {
  username: string;
  email: string;
  password: string;
  displayName?: string;
}

interface SignedIn {
  user: { id: string; username: string; displayName: string; avatarUrl: string | null };
  accessToken: string;
  refreshToken: string;
}

/** A signed-in person. */
export class Actor {
  private constructor(
    readonly client: PlazaClient,
    readonly person: Person,
    public session: SignedIn,
  ) {}

  /** Registers the person; throws where the answer is not 201. */
  static async register(client: PlazaClient, person: Person): Promise<Actor> {
    return new Actor(client, person, await signIn(client, '/v1/auth/register', person, 201));
  }

  /** A second device of the same person. */
  async logIn(): Promise<Actor> {
    const { username: login, password } = this.person;
    return new Actor(this.client, this.person, await signIn(this.client, '/v1/auth/login', { login, password }, 200));
  }

  /** The same session, speaking to another address. */
  through(client: PlazaClient): Actor {
    return new Actor(client, this.person, this.session);
  }

  get id(): string {
    return this.session.user.id;
  }

  get<T = Record<string, unknown>>(path: string): Promise<Answer<T>> {
    return this.send<T>('GET', path);
  }

  put<T = Record<string, unknown>>(path: string, body?: unknown): Promise<Answer<T>> {
    return this.send<T>('PUT', path, body);
  }

  post<T = Record<string, unknown>>(path: string, body?: unknown): Promise<Answer<T>> {
    return this.send<T>('POST', path, body);
  }

  patch<T = Record<string, unknown>>(path: string, body?: unknown): Promise<Answer<T>> {
    return this.send<T>('PATCH', path, body);
  }

  delete<T = Record<string, unknown>>(path: string): Promise<Answer<T>> {
    return this.send<T>('DELETE', path);
  }

  private send<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    return this.client.request<T>(method, path, { body, token: this.session.accessToken });
  }
}

async function signIn(client: PlazaClient, path: string, body: object, expected: number): Promise<SignedIn> {
  const answer = await client.request<SignedIn>('POST', path, { body });
  if (answer.status !== expected) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
