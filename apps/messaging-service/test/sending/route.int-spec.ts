import { randomUUID } from 'node:crypto';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { MessageView } from '../../src/messages/message.view.js';
import { alice, bob, carol, frames, group, messagingUnderTest } from '../messaging-under-test.js';

let service: ServiceUnderTest;
let conversation: string;

beforeAll(async () => {
  service = await messagingUnderTest();
});
afterAll(() => service?.stop());
beforeEach(async () => {
  conversation = (await group(service, alice.id, [bob.id])).id;
});

interface Said {
  as?: string;
  key?: string;
  to?: string;
}

function say(body: unknown, { as = alice.id, key, to = conversation }: Said = {}) {
  const o = { as, body: body as object, headers: key === undefined ? undefined : { 'idempotency-key': key } };
  return service.request<MessageView & { code: string }>('POST', `/v1/conversations/${to}/messages`, o);
}

const url = 'https://example.org/boat.png';

it('answers with the message, which is in the history and on its way to the other', async () => {
  const { status, body } = await say({ content: 'Good morning\n\nBob', metadata: { from: 'web' } });
  expect(status).toBe(201);
  expect(body).toEqual({
    id: expect.any(String),
    conversationId: conversation,
    seq: expect.any(Number),
    sender: expect.objectContaining({ id: alice.id, username: alice.username }),
    type: 'TEXT',
    content: 'Good morning\n\nBob',
    replyTo: null,
    threadId: null,
    mentionedUserIds: [],
    metadata: { from: 'web' },
    clientId: null,
    emotions: {},
    myEmotions: [],
    status: 'SENT',
    readByCount: 0,
    pinnedAt: null,
    createdAt: expect.any(String),
    editedAt: null,
    deletedAt: null,
  });
  const seen = await service.request<MessageView>('GET', `/v1/messages/${body.id}`, { as: bob.id });
  expect(seen.body).toMatchObject({ id: body.id, seq: body.seq, content: body.content, readByCount: null });
  await service.settle();
  const [frame] = (await frames(service, 'message.sent')).filter(({ audienceId }) => audienceId === conversation);
  const { myEmotions, status: sent, readByCount, ...all } = body;
  expect(frame).toMatchObject({ audience: 'CONVERSATION', exceptUserId: null, momentary: false });
  expect(frame?.frame).toEqual({ type: 'message.sent', time: body.createdAt, data: all });
});

it.each([
  ['a picture without words', { type: 'IMAGE', metadata: { url } }],
  ['a film with some', { type: 'VIDEO', content: 'The boat', metadata: { url, seconds: 3 } }],
  ['an emoji', { type: 'EMOTION', content: '❤️' }],
  ['an emoji of several', { type: 'EMOTION', content: '👩‍👩‍👧' }],
  ['as many characters as may be, as people count them', { content: '😀'.repeat(4_000) }],
  ['words that would mean something to a database', { content: '$where: 1', metadata: { text: '{"$gt": ""}' } }],
])('takes %s', async (_, body) => {
  const answer = await say(body);
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject(body);
});

it.each([
  ['no words', {}],
  ['blank words', { content: '  ' }],
  ['too many', { content: 'x'.repeat(4_001) }],
  ['what only services say', { type: 'SYSTEM', content: 'x' }],
  ['an unknown type', { type: 'POEM', content: 'x' }],
  ['an emotion of words', { type: 'EMOTION', content: 'love' }],
  ['two emoji', { type: 'EMOTION', content: '😀😀' }],
  ['a picture that is nowhere', { type: 'IMAGE' }],
  ['a picture that is a program', { type: 'IMAGE', metadata: { url: 'javascript:alert(1)' } }],
  ['a bad id', { content: 'x', clientId: 'x' }],
  ['too many mentions', { content: 'x', mentionedUserIds: Array.from({ length: 51 }, () => randomUUID()) }],
  ['a name that no document can have', { content: 'x', metadata: { 'a\u0000b': 1 } }],
  ['a name that the driver takes for its own', { content: 'x', metadata: { a: { _bsontype: 'Long' } } }],
  ['too much beside the words', { content: 'x', metadata: { text: 'x'.repeat(4_096) } }],
  ['more than it knows', { content: 'x', seq: 1 }],
])('refuses %s', async (_, body) => {
  expect(await say(body)).toMatchObject({ status: 422, body: { code: 'BODY_INVALID' } });
});

it.each([{ $gt: '' }, { $ne: null }, ['$ROOT'], 7, true])(
  'takes %j for nothing that a text stands in',
  async (operator) => {
    const bodies = [
      { content: operator },
      { content: 'x', clientId: operator },
      { content: 'x', replyToId: operator },
      { content: 'x', type: operator },
      { content: 'x', mentionedUserIds: [operator] },
      { content: 'x', mentionedUserIds: { 0: operator } },
      { content: 'x', metadata: [operator] },
      { content: 'x', metadata: { more: { $set: operator } } },
      { content: 'x', $set: operator },
      operator,
    ];
    const statuses = [];
    for (const body of bodies) statuses.push((await say(body)).status);
    expect(statuses.filter((status) => status < 400 || status >= 500)).toEqual([]);
  },
);

describe('a message that is sent again', () => {
  it('with its client id is the one that is there, as it is now', async () => {
    const clientId = randomUUID();
    const first = await say({ clientId, content: 'hello' });
    expect(first).toMatchObject({ status: 201, body: { clientId } });
    await service.request('PATCH', `/v1/messages/${first.body.id}`, { as: alice.id, body: { content: 'Hello' } });
    const again = await say({ clientId: clientId.toUpperCase(), content: 'hello' });
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id, seq: first.body.seq, content: 'Hello' } });
    await service.request('DELETE', `/v1/messages/${first.body.id}`, { as: alice.id });
    expect(await say({ clientId, content: 'hello' })).toMatchObject({
      status: 200,
      body: { id: first.body.id, content: null },
    });
  });

  it.each([
    ['words', { content: 'bye' }],
    ['an answer', { content: 'hello', replyToId: randomUUID() }],
    ['metadata', { content: 'hello', metadata: {} }],
    ['a type', { content: '❤️', type: 'EMOTION' }],
  ])('with its client id and other %s is refused', async (_, body) => {
    const clientId = randomUUID();
    await say({ clientId, content: 'hello' });
    expect(await say({ clientId, ...body })).toMatchObject({ status: 409, body: { code: 'CLIENT_ID_REUSED' } });
  });

  it('with its client id to another conversation is refused', async () => {
    const clientId = randomUUID();
    const { id: to } = await group(service, alice.id, [bob.id]);
    await say({ clientId, content: 'hello' });
    expect(await say({ clientId, content: 'hello' }, { to })).toMatchObject({ status: 409 });
  });

  it('with its client id is nothing to who has left', async () => {
    const clientId = randomUUID();
    await say({ clientId, content: 'hello' }, { as: bob.id });
    await service.request('DELETE', `/v1/conversations/${conversation}/members/${bob.id}`, { as: bob.id });
    expect(await say({ clientId, content: 'hello' }, { as: bob.id })).toMatchObject({ status: 404 });
  });

  it('with its Idempotency-Key is one message, also at the same time', async () => {
    const key = randomUUID();
    const answers = await Promise.all([1, 2, 3, 4].map(() => say({ content: 'hello' }, { key })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    const replayed = answers.map(({ status, headers }) => [status, headers.get('idempotency-replayed')]);
    expect(new Set(replayed.map((each) => each.join(' ')))).toEqual(new Set(['201 ', '200 true']));
    expect(await say({ content: 'bye' }, { key })).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect((await say({ content: 'hello' }, { key, as: bob.id })).status).toBe(201);
  });
});

it('refuses a stranger whatever is sent', async () => {
  expect(await say({ content: 'hello' }, { as: carol.id })).toMatchObject({
    status: 404,
    body: { code: 'CONVERSATION_NOT_FOUND' },
  });
});

it('answers no later than asked to', async () => {
  const o = { as: alice.id, body: { content: 'late' }, headers: { 'x-plaza-deadline': '0' } };
  const answer = await service.request('POST', `/v1/conversations/${conversation}/messages`, o);
  expect(answer).toMatchObject({ status: 503, body: { code: 'DEADLINE_EXCEEDED' } });
});

it('has the trace of its request in its facts', async () => {
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const o = { as: alice.id, body: { content: 'traced' }, headers: { traceparent } };
  await service.request('POST', `/v1/conversations/${conversation}/messages`, o);
  const rows = await service.db
    .collection('outbox')
    .find({ traceparent: /^00-a{32}-/ })
    .toArray();
  expect(rows.map(({ type }) => type)).toEqual(['message.sent', 'frame.published']);
});
