import type { ServiceUnderTest } from '@plaza/testing/service';
import { alice, bob, messagingUnderTest } from '../messaging-under-test.js';
import { conversationOf, sayOne, stored } from './bed.js';

let service: ServiceUnderTest;
let ids: Record<string, string>;

beforeAll(async () => {
  service = await messagingUnderTest();
  const conversation = await conversationOf(service, [alice.id, bob.id]);
  const message = await sayOne(service, conversation, alice.id);
  ids = { '{conversation}': conversation, '{message}': message._id };
});
afterAll(() => service?.stop());

/** Operators of MongoDB as a value, as JSON in the place of a text, and as parsers of queries make objects of names. */
const OPERATORS = [{ $gt: '' }, { $ne: null }, { $where: 'sleep(5000)' }, { $regex: '.*' }, ['$ROOT'], null, 7, true];
const QUERIES = ['beforeSeq', 'afterSeq', 'aroundSeq', 'limit', 'cursor'];

const routes = {
  history: 'GET /v1/conversations/{conversation}/messages',
  pins: 'GET /v1/conversations/{conversation}/pins',
  search: 'GET /v1/messages/search',
  edits: 'GET /v1/messages/{message}/edits',
  thread: 'GET /v1/messages/{message}/thread',
  readers: 'GET /v1/messages/{message}/read-by',
  reactions: 'GET /v1/messages/{message}/reactions',
  remove: 'DELETE /v1/messages/{message}',
};

async function call(route: string, o: { query?: string; body?: unknown } = {}) {
  const [method = '', path = ''] = route.split(' ');
  const named = path.replace(/\{\w+\}/, (name) => ids[name] ?? name);
  const { query = '', body } = o;
  return service.request(method, `${named}${query}`, { as: alice.id, body: body as object });
}

const queries = [
  ...QUERIES.map((name) => [routes.history, name]),
  ...[routes.pins, routes.edits, routes.thread, routes.readers].flatMap((route) => [
    [route, 'limit'],
    [route, 'cursor'],
  ]),
  ...['q', 'conversationId', 'limit', 'cursor'].map((name) => [routes.search, name]),
  ...['emotion', 'limit', 'cursor'].map((name) => [routes.reactions, name]),
  [routes.remove, 'for'],
];

it.each(queries)('%s: %s is no operator', async (route = '', name = '') => {
  for (const operator of OPERATORS.slice(0, 5)) {
    const value = encodeURIComponent(JSON.stringify(operator));
    // Any text may be searched for.
    const expected = name === 'q' ? 200 : 400;
    expect((await call(route, { query: `?${name}=${value}` })).status).toBe(expected);
    const twice = await call(route, { query: `?${name}=${value}&${name}=${value}` });
    expect(twice.status).toBe(400);
  }
});

it.each(queries.filter(([route]) => route !== routes.remove))(
  '%s: %s[$gt] is a name it does not know',
  async (route = '', name = '') => {
    const without = (await call(route)).status;
    expect((await call(route, { query: `?${name}[$gt]=&${name}[$ne]=x` })).status).toBe(without);
  },
);

it.each(OPERATORS)('takes %j for no words', async (operator) => {
  const edit = 'PATCH /v1/messages/{message}';
  for (const body of [
    { content: operator },
    { content: 'x', $set: operator },
    { content: 'x', 'content.$gt': operator },
  ])
    expect((await call(edit, { body })).status).toBe(422);
  expect((await call(edit, { body: operator })).status).toBeGreaterThanOrEqual(400);
  expect((await call(edit, { body: operator })).status).toBeLessThan(500);
});

it('takes no operator for an id', async () => {
  const paths = ['', '/edits', '/thread', '/read-by', '/reactions'].map((path) => `GET /v1/messages/{bad}${path}`);
  const changes = ['PATCH /v1/messages/{bad}', 'DELETE /v1/messages/{bad}', 'PUT /v1/messages/{bad}/pin'];
  const more = ['PUT /v1/messages/{bad}/reactions/LIKE', 'GET /v1/conversations/{bad}/messages'];
  for (const operator of ['{"$gt":""}', '$ne', '[$gt]', `${alice.id}:x`]) {
    ids['{bad}'] = encodeURIComponent(operator);
    for (const route of [...paths, ...changes, ...more]) {
      const body = route.startsWith('PATCH') ? { content: 'x' } : undefined;
      expect((await call(route, { body })).status).toBe(400);
    }
  }
});

it('has changed nothing by any of it', async () => {
  expect(await stored(service, ids['{message}'] ?? '')).toMatchObject({
    content: 'Hello',
    edited_at: null,
    emotions: {},
  });
});
