import { type AddressInfo, createServer } from 'node:net';
import {
  createMongoDatabase,
  deleteTopics,
  eventually,
  kafkaPrefix,
  type TestMongoDatabase,
  testServers,
} from '@plaza/testing';
import type { Db } from 'mongodb';
import { BACKGROUND, MONGO, startService } from '../../src/index.js';
import { SilentProxy } from '../sample/silent-proxy.js';
import { mongoSample } from './sample.js';

let database: TestMongoDatabase;
const prefix = kafkaPrefix();

beforeAll(async () => {
  database = await createMongoDatabase();
});

afterAll(async () => {
  await database.drop();
  await deleteTopics(prefix);
});

function env(url: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    PLAZA_MESSAGING_SERVICE_DATABASE_URL: url,
    PLAZA_MESSAGING_SERVICE_PORT: '0',
    PLAZA_KAFKA_BROKERS: testServers().kafkaBrokers,
    PLAZA_KAFKA_PREFIX: prefix,
    PLAZA_LOG_LEVEL: 'silent',
    ...more,
  };
}

/** The test's database on another port: not where its replica set says that it is. */
function through(port: number): string {
  return `mongodb://127.0.0.1:${port}/${database.name}?directConnection=true`;
}

it('waits for a database that is away, and starts when it is there', async () => {
  const away = await reservedPort();
  const starting = startService(mongoSample, { env: env(through(away)) });
  const forwarder = await SilentProxy.before(database.url, away);
  const service = await starting;
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
  await service.stop();
  await forwarder.close();
});

it('stops waiting for a database when it is told to', async () => {
  const abort = new AbortController();
  const starting = startService(mongoSample, { env: env(through(await reservedPort())), signal: abort.signal });
  abort.abort(new Error('enough'));
  await expect(starting).rejects.toThrow(/enough|aborted/);
});

it('does not start on a database that is not up to date, where migrating is not its task', async () => {
  const empty = await createMongoDatabase();
  const starting = startService(mongoSample, { env: env(empty.url, { PLAZA_MIGRATE_AT_START: 'false' }) });
  await expect(starting).rejects.toThrow('not up to date');
  await empty.drop();
});

it('closes both clients when it stops', async () => {
  const service = await startService(mongoSample, { env: env(database.url) });
  let closed = 0;
  for (const token of [MONGO, BACKGROUND]) service.app.get<Db>(token).client.on('topologyClosed', () => (closed += 1));
  await service.stop();
  expect(closed).toBe(2);
});

it('answers 503 in time while the database is silent, and is itself again soon after', async () => {
  const proxy = await SilentProxy.before(database.url);
  const service = await startService(mongoSample, { env: env(through(proxy.port)) });
  const list = async () => {
    const begun = performance.now();
    const answer = await fetch(`${service.url}/v1/notes/public`);
    await answer.text();
    return { status: answer.status, retryAfter: answer.headers.get('retry-after'), ms: performance.now() - begun };
  };
  try {
    expect((await list()).status).toBe(200);
    proxy.fallSilent();
    for (const { status, retryAfter, ms } of await Promise.all(Array.from({ length: 8 }, list))) {
      expect([status, retryAfter]).toEqual([503, expect.any(String)]);
      expect(ms).toBeLessThan(3_500);
    }
    expect((await service.health()).parts.database).toMatchObject({ up: false });
    proxy.speak();
    await eventually(async () => expect((await list()).status).toBe(200), { withinMs: 10_000 });
    const after = await Promise.all(Array.from({ length: 8 }, list));
    expect(after.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
  } finally {
    await service.stop();
    await proxy.close();
  }
});

/** A port where nobody listens, for now. */
async function reservedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
