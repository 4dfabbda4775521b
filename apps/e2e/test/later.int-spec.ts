import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { checkout, deleteData, fakeClock, freePorts, type Stack, type StackPorts, startStack } from '@plaza/embedded';
import { Actor, eventually, settle } from '@plaza/testing';
import { copiesOf, rows, wrongCopies, wrongCounts } from '../src/checker.js';
import { everythingIn } from '../src/contents.js';
import { untilAnswered } from '../src/faults.js';
import { sumOf } from '../src/metrics.js';
import { NO_RATES, type Platform, startPlatform } from '../src/platform.js';
import { DOCUMENT_SERVICES } from '../src/services.js';
import { logsOf } from '../src/topic.js';
import { personNamed } from '../src/workload.js';

/** Tables that nothing but what people do changes. */
const LASTING =
  /^(user_service\.(users|user_profiles|audit_logs)|social_service\.(user_cache|follows|user_social_stats)|post_service\.(posts|post_likes|relations|timeline_entries)|messaging_service\.(user_cache|conversation_members|messages)) /;
/** Topics of which Kafka deletes what is older than 7 days. */
const STREAMS = ['session', 'user-activity', 'post', 'like', 'notification', 'conversation', 'message'];
/** What time itself brings about: keys grow old, gateways say again and again who is there, messages wait to be seen. */
const OF_TIME = ['signing-key', 'connection', 'message-unseen', 'usage'];
/** Kafka looks for what is too old 30 s after its start. */
const DELETED_WITHIN = { withinMs: 90_000 };

describe('a stack that is started again 30 days later', () => {
  const dataDir = join(checkout, `.plaza/test/later-${process.pid}`);
  let ports: StackPorts;
  let stack: Stack;
  let platform: Platform;
  let alice: Actor;
  let bob: Actor;
  let rowsBefore: string[];
  let endsBefore: Record<string, string>;

  beforeAll(async () => {
    ports = await freePorts();
    stack = await startStack({ dataDir, ports });
    platform = await startPlatform('services', stack.urls, NO_RATES);
    await live();
    await settled();
    rowsBefore = await lastingRows();
    endsBefore = await ends();
    const later = (await fakeClock())('+30d');
    await platform.stop();
    await stack.stop();
    stack = await startStack({ dataDir, ports, env: later });
    await startAgain(later);
  }, 300_000);

  afterAll(async () => {
    await platform?.stop();
    await stack?.stop();
    await deleteData(dataDir);
  });

  /** Facts of every kind: state and streams, applied here and there, with an end and a beginning again. */
  async function live(): Promise<void> {
    alice = await Actor.register(platform.client, personNamed('alice'));
    bob = await Actor.register(platform.client, personNamed('bob'));
    const carol = await Actor.register(platform.client, personNamed('carol'));
    for (const follower of [bob, carol]) await follower.put(`/v1/follows/${alice.id}`);
    await bob.delete(`/v1/follows/${alice.id}`);
    await bob.put(`/v1/follows/${alice.id}`);
    await bob.patch('/v1/users/me', { displayName: 'Robert' });
    const { body: post } = await alice.post('/v1/posts', { content: 'In a month this will be old.' });
    expect((await bob.put(`/v1/posts/${post.id}/like`)).status).toBe(200);
    await say('Hello');
    const phone = await bob.logIn();
    expect((await phone.post('/v1/auth/logout')).status).toBe(204);
  }

  async function say(content: string): Promise<void> {
    const [direct, clientId] = [{ type: 'DIRECT', participantIds: [bob.id] }, randomUUID()];
    const { body: talk } = await untilAnswered(() => alice.post('/v1/conversations', direct));
    const path = `/v1/conversations/${talk.id}/messages`;
    expect(await untilAnswered(() => alice.post(path, { content, clientId }))).toMatchObject({ body: { content } });
  }

  async function startAgain(env: NodeJS.ProcessEnv): Promise<void> {
    for (const process of platform.processes) process.change(env);
    for (const process of platform.processes) process.start();
    await platform.ready();
  }

  const settled = () =>
    settle({
      prefix: platform.prefix,
      databases: Object.values(platform.databases),
      brokers: stack.urls.kafkaBrokers,
      timeoutMs: 60_000,
    });
  const logs = () => logsOf(stack.urls.kafkaBrokers, platform.prefix);
  const lastingRows = async () => (await everythingIn(platform)).filter((line) => LASTING.test(line));
  const applied = () => sumOf(platform, 'plaza_consumer_facts_total', { consumer: 'replica', outcome: 'applied' });

  /** How many records were ever written to each topic of what people do. */
  async function ends(): Promise<Record<string, string>> {
    const topics = Object.entries(await logs()).filter(([topic]) => !OF_TIME.includes(topic));
    return Object.fromEntries(topics.map(([topic, { high }]) => [topic, high]));
  }

  async function expectNothingRepeated(): Promise<void> {
    await settled();
    expect(await applied()).toBe(0);
    expect(await ends()).toEqual(endsBefore);
    expect(await lastingRows()).toEqual(rowsBefore);
  }

  it('is 30 days later everywhere', async () => {
    const [row] = await rows<{ days: number }>(
      platform,
      'social_service',
      `SELECT extract(day FROM now() - max(created_at))::int AS days FROM follows`,
    );
    expect(row).toEqual({ days: 30 });
    const { headers } = await platform.client.request('GET', '/health/live');
    expect(Date.parse(String(headers.get('date'))) - Date.now()).toBeGreaterThan(29 * 86_400_000);
  });

  it('applies nothing and publishes nothing again', expectNothingRepeated, 120_000);

  it('does so neither after Kafka has deleted what is too old, nor when it starts once more then', async () => {
    await eventually(async () => {
      const all = await logs();
      for (const topic of STREAMS) expect(all[topic]?.low).toBe(endsBefore[topic]);
    }, DELETED_WITHIN);
    expect(STREAMS.every((topic) => Number(endsBefore[topic]) > 0)).toBe(true);
    await expectNothingRepeated();
    await platform.stop();
    await startAgain({});
    await expectNothingRepeated();
  }, 180_000);

  it('has ended the sessions by their own rule', async () => {
    expect(await bob.get('/v1/users/me')).toMatchObject({ status: 401, body: { code: 'TOKEN_EXPIRED' } });
    const refreshed = await platform.client.request('POST', '/v1/auth/refresh', {
      body: { refreshToken: bob.session.refreshToken },
    });
    expect(refreshed).toMatchObject({ status: 401, body: { code: 'REFRESH_TOKEN_INVALID' } });
  });

  it('lets people in, and what they do arrives once', async () => {
    const again = await alice.logIn();
    expect((await again.put(`/v1/follows/${bob.id}`)).status).toBe(200);
    expect((await again.patch('/v1/users/me', { displayName: 'Alice, later' })).status).toBe(200);
    await settled();
    expect(await applied()).toBe((await copiesOf(platform)).length + DOCUMENT_SERVICES.length);
    const since = Object.entries(await ends()).map(([topic, end]) => [topic, Number(end) - Number(endsBefore[topic])]);
    expect(Object.fromEntries(since.filter(([, more]) => more !== 0))).toEqual({
      'user-activity': 1,
      follow: 1,
      notification: 1,
      'stream.frame': 1,
      'user.updated': 1,
    });
    // Before it publishes, a relay has looked whether Kafka still has what it published earlier.
    expect(await sumOf(platform, 'plaza_relay_log_losses_total')).toBe(0);
    expect(await wrongCopies(platform)).toEqual([]);
    expect(await wrongCounts(platform)).toEqual([]);
  }, 120_000);
});
