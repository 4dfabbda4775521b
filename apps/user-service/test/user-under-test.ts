import { type RunningService, startService } from '@plaza/service-kit';
import { type Answer, actors, type Person, PlazaClient, type RequestOptions, testServers } from '@plaza/testing';
import { ServiceUnderTest } from '@plaza/testing/service';
import { userService } from '../src/app.js';

export interface SignedIn {
  user: { id: string; username: string; email: string } & Record<string, unknown>;
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
}

export interface Problem {
  status: number;
  code: string;
  errors?: Array<{ path: string; code: string }>;
}

export type Tokens = Pick<SignedIn, 'accessToken' | 'refreshToken'>;

/** user-service on real servers, and what its tests keep doing. */
export class UserUnderTest {
  private constructor(
    readonly service: ServiceUnderTest,
    private readonly client: PlazaClient,
  ) {}

  static async start(env: NodeJS.ProcessEnv = {}): Promise<UserUnderTest> {
    const service = await ServiceUnderTest.start(userService, env);
    return new UserUnderTest(service, new PlazaClient(service.running.url ?? ''));
  }

  /** Another instance of the service, on the same database and topics. */
  anotherInstance(): Promise<RunningService> {
    const { postgresUrl, kafkaBrokers } = testServers();
    const env = {
      PLAZA_POSTGRES_URL: postgresUrl,
      PLAZA_KAFKA_BROKERS: kafkaBrokers,
      PLAZA_KAFKA_PREFIX: this.service.prefix,
      PLAZA_LOG_LEVEL: 'error',
      PLAZA_POOL_SIZE: '8',
      PLAZA_USER_SERVICE_DATABASE_URL: this.service.databaseUrl,
      PLAZA_USER_SERVICE_PORT: '0',
    };
    return startService(userService, { env });
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  request<T = Record<string, unknown>>(method: string, path: string, o: RequestOptions = {}): Promise<Answer<T>> {
    return this.client.request<T>(method, path, o);
  }

  post<T = Problem>(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer<T>> {
    return this.request<T>('POST', path, { body, headers });
  }

  /** Registers one of the actors, or whoever. @throws Error where the answer is not 201 */
  async register(person: Person): Promise<SignedIn> {
    const { email, username, password, displayName } = person;
    const answer = await this.post<SignedIn>('/v1/auth/register', { email, username, password, displayName });
    if (answer.status !== 201) throw new Error(`registering answered ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  logIn<T = SignedIn>(login: string, password: string, from = '203.0.113.7'): Promise<Answer<T>> {
    return this.post<T>('/v1/auth/login', { login, password }, { 'x-forwarded-for': from });
  }

  refresh<T = Tokens>(refreshToken: string): Promise<Answer<T>> {
    return this.post<T>('/v1/auth/refresh', { refreshToken });
  }

  /** Types of the facts that were added, oldest first, since `after`. */
  async facts(key?: string): Promise<Array<{ type: string; payload: Record<string, unknown>; version: number }>> {
    return this.service.query(
      'SELECT type, payload, version::float8 AS version FROM outbox WHERE $1::text IS NULL OR key = $1 ORDER BY id',
      [key ?? null],
    );
  }

  query<T extends object = Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<T[]> {
    return this.service.query<T>(sql, values);
  }

  /** How many rows the tables have that a registration writes. */
  async rowCounts(): Promise<object | undefined> {
    const [counts] = await this.query(`
      SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM user_profiles) AS profiles,
             (SELECT count(*) FROM user_sessions) AS sessions, (SELECT count(*) FROM outbox) AS facts`);
    return counts;
  }
}

let people = 0;

/** Somebody whom no other test knows. */
export function somebody(over: Partial<Person> = {}): Person {
  people += 1;
  const username = `somebody.${people}`;
  return { username, email: `${username}@example.org`, password: `${actors.alice.password} ${people}`, ...over };
}
