import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createTestDatabase, deleteTopics, eventually, kafkaPrefix, testServers } from '@plaza/testing';
import pg from 'pg';
import { startService } from '../src/index.js';
import { sampleService } from './sample/sample.js';
import { SilentProxy } from './sample/silent-proxy.js';
import { type Sample, sampleEnv, startSample } from './sample/start-sample.js';

async function get(url: string) {
  const answer = await fetch(url);
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

describe('a running service', () => {
  let sample: Sample;
  beforeAll(async () => {
    sample = await startSample();
  });
  afterAll(() => sample?.end());

  it('is live and ready, and started once Kafka was seen and its consumers run', async () => {
    expect(await get(`${sample.url}/health/live`)).toMatchObject({ status: 200 });
    expect(await get(`${sample.url}/health/ready`)).toMatchObject({ status: 200, text: '{"status":"ready"}' });
    await eventually(async () => expect((await get(`${sample.url}/health/startup`)).status).toBe(200), {
      withinMs: 20_000,
    });
    expect(await sample.service.readiness()).toEqual({ ready: true, started: true });
  });

  it('tells the state of each part', async () => {
    const report = JSON.parse((await get(`${sample.url}/health`)).text);
    expect(report).toMatchObject({
      status: 'serving',
      parts: { database: { up: true, waiting: 0 }, kafka: { up: true, backlog: 0 } },
    });
  });

  it('counts requests by the template of their route', async () => {
    await get(`${sample.url}/v1/things/7f3d2d1e-6a3f-4e0c-9d55-0d3c9a4b1c11`);
    const { text, headers } = await get(`${sample.url}/metrics`);
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(
      /plaza_http_request_duration_seconds_count\{service="post-service",method="GET",route="\/v1\/things\/:id",status="404"\} 1/,
    );
    expect(text).toContain('plaza_database_connections{');
    expect(text.match(/^# TYPE process_cpu_seconds_total /gm)).toHaveLength(1);
  });

  it('serves requests in memory, on a server that is not its own', async () => {
    const front = await listen(createServer((req, res) => sample.service.handle(req, res)));
    const answer = await get(`${front.url}/v1/trouble/context`);
    expect(answer.status).toBe(200);
    await front.close();
  });
});

it('works without a port of its own', async () => {
  const sample = await startSample({}, { listen: false });
  expect(sample.service.url).toBeUndefined();
  const front = await listen(createServer((req, res) => sample.service.handle(req, res)));
  expect((await get(`${front.url}/health/ready`)).status).toBe(200);
  await sample.service.stop();
  expect(await get(`${front.url}/health/ready`)).toMatchObject({
    status: 503,
    text: expect.stringContaining('STOPPING'),
  });
  await front.close();
  await sample.end();
});

it('makes its database where the server has none, even when two instances start at once', async () => {
  const name = `test_made_${process.pid}_${Math.floor(performance.now())}`;
  const url = Object.assign(new URL(testServers().postgresUrl), { pathname: `/${name}` }).href;
  const prefix = kafkaPrefix();
  const env = sampleEnv(url, prefix);
  const services = await Promise.all([1, 2].map(() => startService(sampleService, { env })));
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const { rows } = await admin.query("SELECT count(*)::int AS count FROM migrations WHERE name LIKE 'CreateThings%'");
  expect(rows).toEqual([{ count: 1 }]);
  await admin.end();
  await Promise.all(services.map((service) => service.stop()));
  const server = new pg.Client({ connectionString: testServers().postgresUrl });
  await server.connect();
  await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await server.end();
  await deleteTopics(prefix);
});

it('waits for a database that is away, and starts when it is there', async () => {
  const database = await createTestDatabase();
  const away = await reservedPort();
  const prefix = kafkaPrefix();
  const through = Object.assign(new URL(database.url), { host: `127.0.0.1:${away}` }).href;
  const starting = startService(sampleService, { env: sampleEnv(through, prefix) });
  const forwarder = await SilentProxy.before(database.url, away);
  const service = await starting;
  expect((await get(`${service.url}/health/ready`)).status).toBe(200);
  await service.stop();
  await Promise.all([forwarder.close(), database.drop(), deleteTopics(prefix)]);
});

it('stops waiting for a database when it is told to', async () => {
  const away = await reservedPort();
  const abort = new AbortController();
  const env = sampleEnv(`postgres://postgres@127.0.0.1:${away}/nothing`, 'none.');
  const starting = startService(sampleService, { env, signal: abort.signal });
  abort.abort(new Error('enough'));
  await expect(starting).rejects.toThrow(/enough|aborted/);
});

it('starts and serves while Kafka is away', async () => {
  const sample = await startSample({ PLAZA_KAFKA_BROKERS: `127.0.0.1:${await reservedPort()}` });
  expect((await get(`${sample.url}/health/ready`)).status).toBe(200);
  expect((await get(`${sample.url}/v1/things`)).status).toBe(200);
  expect((await get(`${sample.url}/health/startup`)).status).toBe(503);
  await sample.end();
});

it('answers what has begun before it ends, and is not ready meanwhile', async () => {
  const sample = await startSample();
  const held = get(`${sample.url}/v1/trouble/hold?seconds=1`);
  await eventually(async () => {
    const report = await sample.service.health();
    expect(report.parts.database).toMatchObject({ up: true, idle: 0 });
  });
  const stopping = sample.service.stop();
  expect((await sample.service.readiness()).ready).toBe(false);
  expect(await held).toMatchObject({ status: 200, text: '{"held":true}' });
  await stopping;
  await expect(fetch(`${sample.url}/health/live`)).rejects.toThrow();
  await sample.end();
});

async function listen(server: Server): Promise<{ url: string; close(): Promise<void> }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { url: `http://127.0.0.1:${port}`, close };
}

/** A port where nobody listens, for now. */
async function reservedPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('leaves nothing running of a start that fails', async () => {
  const first = await startSample();
  const database = await createTestDatabase();
  const prefix = kafkaPrefix();
  const taken = { ...sampleEnv(database.url, prefix), PLAZA_POST_SERVICE_PORT: new URL(first.url).port };
  await expect(startService(sampleService, { env: taken })).rejects.toThrow('EADDRINUSE');
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  const { rows } = await admin.query('SELECT * FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()', [
    database.name,
  ]);
  expect(rows).toEqual([]);
  await admin.end();
  await Promise.all([first.end(), database.drop(), deleteTopics(prefix)]);
});
