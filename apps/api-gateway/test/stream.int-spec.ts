import { randomUUID } from 'node:crypto';
import { type Published, StreamBed } from './stream-bed.js';
import type { Dispatch } from './target.js';

const DISPATCHERS: Dispatch[] = ['http', 'memory'];

describe.each(DISPATCHERS)('an open socket (%s)', (dispatch) => {
  let bed: StreamBed;
  let alice: string;
  let bob: string;
  beforeAll(async () => {
    bed = await StreamBed.start(dispatch);
  });
  beforeEach(() => {
    [alice, bob] = [randomUUID(), randomUUID()];
  });
  afterAll(() => bed?.stop());

  it('gets what is for its user, and a stranger does not', async () => {
    const [mine, others] = await Promise.all([bed.connect(alice), bed.connect(bob)]);
    await bed.publish(bed.toUser(alice, { n: 1 }), bed.toUser(bob, { n: 2 }));
    const frame = await mine.next('notification.created');
    expect(frame).toEqual({
      id: expect.stringMatching(/^1\./),
      type: 'notification.created',
      time: expect.any(String),
      data: { n: 1 },
    });
    await others.next('notification.created');
    expect(others.frames.map(({ data }) => data)).toEqual([{ n: 2 }]);
  });

  it("gets what is for its user's conversations, from joining to leaving", async () => {
    const conversation = randomUUID();
    await bed.publish(bed.toConversation(conversation, { n: 0 }), bed.joins(conversation, bob));
    await bed.read();
    const [hers, his] = await Promise.all([bed.connect(alice), bed.connect(bob)]);
    await bed.publish(
      bed.toConversation(conversation, { n: 1 }),
      bed.joins(conversation, alice),
      bed.toConversation(conversation, { n: 2 }),
      bed.leaves(conversation, alice),
      bed.toConversation(conversation, { n: 3 }),
    );
    await his.until(() => his.frames.find(({ data }) => data.n === 3));
    await bed.publish(bed.toUser(alice, { n: 4 }));
    await hers.next('notification.created');
    expect(hers.frames.map(({ data }) => data)).toEqual([{ joined: [alice] }, { n: 2 }, { left: [alice] }, { n: 4 }]);
    expect(his.frames.map(({ data }) => data.n)).toEqual([1, undefined, 2, undefined, 3]);
  });

  it('is told of older things only where it was a member then, also when it resumes', async () => {
    const conversation = randomUUID();
    const edited = (n: number, asOf?: number): Published => {
      return { ...bed.toConversation(conversation, { n }), type: 'message.edited', asOf };
    };
    await bed.publish(bed.joins(conversation, bob));
    await bed.read();
    const [hers, his] = await Promise.all([bed.connect(alice), bed.connect(bob)]);
    const joined = bed.joins(conversation, alice);
    const { version = 0 } = joined;
    await bed.publish(joined, edited(1, version - 1), edited(2, version), edited(3));
    const last = (probe: typeof hers) => probe.until(() => probe.frames.find(({ data }) => data.n === 3));
    await Promise.all([hers, his].map(last));
    const [{ id: since } = { id: '' }] = hers.frames;
    const again = await bed.connect(alice, { since });
    await last(again);
    const seen = [his, hers, again].map(({ frames }) => frames.flatMap(({ data }) => data.n ?? []));
    expect(seen).toEqual([
      [1, 2, 3],
      [2, 3],
      [2, 3],
    ]);
  });

  it('is not told of what its own user does, where a frame says so', async () => {
    const conversation = randomUUID();
    await bed.publish(bed.joins(conversation, alice, bob));
    await bed.read();
    const [hers, his] = await Promise.all([bed.connect(alice), bed.connect(bob)]);
    const typing: Published = {
      ...bed.toConversation(conversation),
      type: 'typing.started',
      exceptUserId: alice,
      momentary: true,
    };
    await bed.publish(typing, bed.toConversation(conversation, { n: 1 }));
    await Promise.all([hers.next('message.sent'), his.next('message.sent')]);
    expect(hers.frames.map(({ type }) => type)).toEqual(['message.sent']);
    expect(his.frames.map(({ type }) => type)).toEqual(['typing.started', 'message.sent']);
  });

  it('does commands by the routes of services, in the name of its user, one after the other', async () => {
    const conversation = randomUUID();
    const probe = await bed.connect(alice);
    const before = bed.target.requests.length;
    const answers = await Promise.all([
      probe.command('message.send', { conversationId: conversation, content: 'hello', clientId: 'c-1' }),
      probe.command('typing', { conversationId: conversation }),
      probe.command('ack', { conversationId: conversation, messageId: 'm-1' }),
      probe.command('presence', { status: 'AWAY' }),
    ]);
    expect(answers.map(({ type }) => type)).toEqual(['ack', 'ack', 'ack', 'ack']);
    expect(answers[0]?.data).toEqual({ id: conversation, content: 'hello' });
    expect(answers[0]?.id).toBeUndefined();
    expect(bed.target.requests.slice(before)).toEqual([
      {
        method: 'POST',
        url: `/v1/conversations/${conversation}/messages`,
        userId: alice,
        body: { content: 'hello', clientId: 'c-1' },
      },
      { method: 'PUT', url: `/v1/conversations/${conversation}/typing`, userId: alice, body: {} },
      { method: 'PUT', url: `/v1/conversations/${conversation}/delivered`, userId: alice, body: { messageId: 'm-1' } },
      { method: 'PUT', url: '/v1/presence', userId: alice, body: { status: 'AWAY' } },
    ]);
  });

  it('is told the problem of the service', async () => {
    const probe = await bed.connect(alice);
    const answer = await probe.command('message.send', { conversationId: randomUUID(), content: 'refused' }, 'my-id');
    expect(answer).toMatchObject({ type: 'error', re: 'my-id', data: { code: 'NOT_A_MEMBER', status: 403 } });
  });

  it('is told where it stands when it asks', async () => {
    const probe = await bed.connect(alice);
    await bed.publish(bed.toUser(alice));
    const { id } = await probe.next('notification.created');
    expect(await probe.command('ping')).toMatchObject({ type: 'ack', id });
  });
});
