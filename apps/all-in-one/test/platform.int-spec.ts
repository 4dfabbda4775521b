import { freePort } from '@plaza/embedded';
import { SettingsInvalid } from '@plaza/service-kit';
import {
  Actor,
  createMongoDatabase,
  createTestDatabase,
  deleteTopics,
  eventually,
  kafkaPrefix,
  PlazaClient,
  type TestDatabase,
  testServers,
} from '@plaza/testing';
import { type Platform, startPlatform } from '../src/platform.js';
import { services } from '../src/services.js';

let databases: Array<Pick<TestDatabase, 'url' | 'drop'>>;
let prefix: string;
let port: number;
let platform: Platform | undefined;

beforeEach(async () => {
  databases = await Promise.all(services.map(({ mongo }) => (mongo ? createMongoDatabase() : createTestDatabase())));
  prefix = kafkaPrefix();
  port = await freePort();
});
afterEach(async () => {
  await platform?.stop();
  platform = undefined;
  await Promise.all([...databases.map((database) => database.drop()), deleteTopics(prefix)]);
});

function settings(): NodeJS.ProcessEnv {
  const { postgresUrl, kafkaBrokers } = testServers();
  const own = services.map(({ name }, i) => [`${settingOf(name)}_DATABASE_URL`, databases[i]?.url]);
  return {
    PLAZA_POSTGRES_URL: postgresUrl,
    PLAZA_KAFKA_BROKERS: kafkaBrokers,
    PLAZA_KAFKA_PREFIX: prefix,
    PLAZA_PORT: String(port),
    PLAZA_LOG_LEVEL: 'silent',
    ...Object.fromEntries(own),
  };
}

function settingOf(name: string): string {
  return `PLAZA_${name.toUpperCase().replaceAll('-', '_')}`;
}

const client = () => new PlazaClient(`http://127.0.0.1:${port}`);
const statusOf = async (path: string) => (await client().request('GET', path)).status;
const isUp = (path: string, status: number) => eventually(async () => expect(await statusOf(path)).toBe(status));

it('serves all services through one port', async () => {
  platform = await startPlatform(settings());
  expect(services.map(({ name }) => platform?.running.get(name)?.url)).toEqual(services.map(() => undefined));
  await isUp('/health/startup', 200);
  const alice = await Actor.register(client(), person('alice'));
  const bob = await Actor.register(client(), person('bob'));
  expect((await bob.put(`/v1/follows/${alice.id}`)).status).toBe(200);
  const { body } = await client().request<{ paths: object }>('GET', '/openapi.json');
  expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/v1/users/me', '/v1/follows/{userId}']));
});

it('shows the metrics of every service', async () => {
  platform = await startPlatform(settings());
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  for (const { name } of services) expect(metrics).toContain(`service="${name}"`);
});

it('leaves signals and unhandled errors to the process', async () => {
  const events = ['SIGTERM', 'SIGINT', 'uncaughtException', 'unhandledRejection'];
  const listeners = () => events.map((event) => process.listenerCount(event));
  const before = listeners();
  platform = await startPlatform(settings());
  expect(listeners()).toEqual(before);
});

it('stops within 10 s, and can be started again', async () => {
  platform = await startPlatform(settings());
  await isUp('/health/startup', 200);
  const began = performance.now();
  await platform.stop();
  expect(performance.now() - began).toBeLessThan(10_000);
  await expect(statusOf('/health/live')).rejects.toThrow();
  platform = await startPlatform(settings());
  await isUp('/health/startup', 200);
});

it('answers for a service that has not started yet with 503, the others go on', async () => {
  const ending = new AbortController();
  const away = { ...settings(), PLAZA_SOCIAL_SERVICE_DATABASE_URL: 'postgres://plaza@127.0.0.1:1/away' };
  const starting = startPlatform(away, { signal: ending.signal });
  const ended = expect(starting).rejects.toThrow();
  await isUp('/v1/users/me', 401);
  const { status, body } = await client().request('GET', '/v1/follows/requests');
  expect({ status, body }).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
  expect(await statusOf('/health/ready')).toBe(200);
  expect(await statusOf('/health/startup')).toBe(503);
  ending.abort();
  await ended;
  await expect(statusOf('/health/live')).rejects.toThrow();
});

it('does not start with settings that are wrong, and leaves nothing behind', async () => {
  await expect(startPlatform({ ...settings(), PLAZA_POOL_SIZE: 'many' })).rejects.toThrow(SettingsInvalid);
  await expect(statusOf('/health/live')).rejects.toThrow();
});

function person(username: string) {
  return { username, email: `${username}@example.org`, password: `${username} has a long password` };
}
