import { randomUUID } from 'node:crypto';
import { StreamBed } from './stream-bed.js';
import type { StreamProbe } from './stream-probe.js';
import type { Dispatch } from './target.js';

const DISPATCHERS: Dispatch[] = ['http', 'memory'];

describe.each(DISPATCHERS)('commands of a client (%s)', (dispatch) => {
  let bed: StreamBed;
  let probe: StreamProbe;
  const conversationId = randomUUID();
  beforeAll(async () => {
    bed = await StreamBed.start(dispatch, { PLAZA_RATE_COMMANDS_PER_MINUTE: '40' });
  });
  beforeEach(async () => {
    bed.target.before = async () => undefined;
    probe = await bed.connect(randomUUID());
  });
  afterAll(() => bed?.stop());

  it.each(['toast', 'ready', 'constructor', '__proto__', ''])('are known, or refused: %s', async (type) => {
    expect(await probe.command(type, {}, 'mine')).toMatchObject({
      type: 'error',
      re: 'mine',
      data: { code: 'COMMAND_UNKNOWN', status: 404 },
    });
  });

  it.each(['{', '[]', '"ping"', '{"type":"ping"}', '{"id":7,"type":"ping"}'])('are frames: %s is not', async (text) => {
    await probe.say(text);
    const answer = await probe.next('error');
    expect(answer).toMatchObject({ re: null, data: { code: 'FRAME_MALFORMED', status: 400 } });
    expect(await probe.command('ping')).toMatchObject({ type: 'ack' });
  });

  it.each([undefined, 7, '../../users/me', `${conversationId}/members`, { $gt: '' }])(
    'have an id of a conversation, which %j is not, or nobody is asked',
    async (wrong) => {
      const before = bed.target.requests.length;
      const answer = await probe.command('message.send', { conversationId: wrong, content: 'hello' });
      expect(answer).toMatchObject({ type: 'error', data: { code: 'BODY_INVALID', status: 422 } });
      expect(answer.data.errors).toMatchObject([{ path: 'conversationId' }]);
      expect(bed.target.requests).toHaveLength(before);
    },
  );

  it('are done in their order, however long one takes', async () => {
    const before = bed.target.requests.length;
    const waits = [60, 0, 30, 0, 10];
    const behind = waits.values();
    bed.target.before = () => new Promise((resolve) => setTimeout(resolve, behind.next().value));
    const contents = waits.map((_, n) => `message ${n}`);
    await Promise.all(contents.map((content) => probe.command('message.send', { conversationId, content })));
    const asked = bed.target.requests.slice(before).map(({ body }) => (body as { content: string }).content);
    const answered = probe.all.filter(({ type }) => type === 'ack').map(({ data }) => data.content);
    expect([asked, answered]).toEqual([contents, contents]);
  });

  it('of one client do not wait for those of another', async () => {
    const other = await bed.connect(randomUUID());
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    bed.target.before = ({ body }) => ((body as { content?: string }).content === 'held' ? held : Promise.resolve());
    const slow = probe.command('message.send', { conversationId, content: 'held' });
    expect(await other.command('message.send', { conversationId, content: 'quick' })).toMatchObject({ type: 'ack' });
    release();
    expect(await slow).toMatchObject({ type: 'ack' });
  });

  it('that a service does not answer are an error to be tried again, and the socket stays', async () => {
    bed.target.before = () => new Promise(() => undefined);
    const answer = await probe.command('message.send', { conversationId, content: 'hello' });
    expect(answer).toMatchObject({ type: 'error', data: { status: 503, retryAfter: expect.any(Number) } });
    expect(await probe.command('ping')).toMatchObject({ type: 'ack' });
  });

  it('are limited per user where they reach a service', async () => {
    const typing = Array.from({ length: 45 }, () => probe.command('typing', { conversationId }));
    const answers = await Promise.all(typing);
    expect(answers.filter(({ type }) => type === 'ack')).toHaveLength(40);
    expect(answers.at(-1)).toMatchObject({
      type: 'error',
      data: { code: 'RATE_LIMITED', status: 429, retryAfter: expect.any(Number) },
    });
    expect(await probe.command('ping')).toMatchObject({ type: 'ack' });
  });
});

describe('without messaging-service', () => {
  it('clients get what is for their user, and commands are answered with 503', async () => {
    const bed = await StreamBed.start('http', { PLAZA_MESSAGING_SERVICE_URL: undefined });
    try {
      const alice = randomUUID();
      const probe = await bed.connect(alice);
      await bed.publish(bed.toUser(alice, { n: 1 }));
      expect(await probe.next('notification.created')).toMatchObject({ id: expect.stringMatching(/^1\./) });
      const answer = await probe.command('typing', { conversationId: randomUUID() });
      expect(answer).toMatchObject({ type: 'error', data: { status: 503 } });
    } finally {
      await bed.stop();
    }
  });
});
