import { randomUUID } from 'node:crypto';
import { eventually, testServers } from '@plaza/testing';
import { SilentProxy } from './sample/silent-proxy.js';
import { type Sample, startSample } from './sample/start-sample.js';

let proxy: SilentProxy;
let sample: Sample;

beforeAll(async () => {
  proxy = await SilentProxy.before(testServers().postgresUrl);
  sample = await startSample({}, {}, (url) => proxy.through(url));
});
afterAll(async () => {
  await sample?.end();
  await proxy?.close();
});

async function find(): Promise<{ status: number; code: string; retryAfter: string | null; ms: number }> {
  const begun = performance.now();
  const answer = await fetch(`${sample.url}/v1/things/${randomUUID()}`);
  const { code } = JSON.parse(await answer.text());
  return { status: answer.status, code, retryAfter: answer.headers.get('retry-after'), ms: performance.now() - begun };
}

it('answers 503 in time while the database is silent, and is itself again soon after', async () => {
  expect((await find()).status).toBe(404);
  proxy.fallSilent();
  const silent = await Promise.all(Array.from({ length: 8 }, find));
  for (const { status, retryAfter, ms } of silent) {
    expect(status).toBe(503);
    expect(retryAfter).not.toBeNull();
    expect(ms).toBeLessThan(3_500);
  }
  expect((await fetch(`${sample.url}/v1/things`)).status).toBe(200);
  proxy.speak();
  await eventually(async () => expect((await find()).status).toBe(404), { withinMs: 10_000 });
  const after = await Promise.all(Array.from({ length: 8 }, find));
  expect(after.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 404));
});

it('says in /health that the database does not answer, with 200', async () => {
  proxy.fallSilent();
  const answer = await fetch(`${sample.url}/health`);
  expect(answer.status).toBe(200);
  expect(JSON.parse(await answer.text()).parts.database).toMatchObject({ up: false });
  expect((await fetch(`${sample.url}/health/ready`)).status).toBe(200);
  proxy.speak();
  await eventually(async () => expect((await find()).status).toBe(404), { withinMs: 10_000 });
});
