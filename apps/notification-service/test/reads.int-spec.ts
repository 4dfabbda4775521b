import { bob, followed, liked, mentioned, NotificationsUnderTest, postOf, requested, someone } from './under-test.js';

let app: NotificationsUnderTest;

beforeAll(async () => {
  app = await NotificationsUnderTest.start();
});
afterAll(() => app?.stop());

const put = (as: string, path: string, body?: unknown) => app.service.request('PUT', path, { as, body });
const get = (as: string, query: string) => app.service.request('GET', `/v1/notifications${query}`, { as });

/** Somebody with five notifications, newest first. */
async function told(): Promise<{ me: string; ids: string[] }> {
  const me = someone();
  await app.tell(...Array.from({ length: 5 }, () => liked(bob.id, postOf(me))));
  return { me, ids: (await app.list(me)).items.map(({ id }) => id) };
}

it('reads one, once', async () => {
  const { me, ids } = await told();
  expect([await app.read(me, ids[2] ?? ''), await app.read(me, ids[2] ?? '')]).toEqual([204, 204]);
  expect(await app.unreadCount(me)).toBe(4);
  const unread = (await app.list(me, '?unread=true')).items.map(({ id }) => id);
  expect(unread).toEqual(ids.filter((id) => id !== ids[2]));
  const read = (await app.facts(me)).filter(({ type }) => type === 'notification.read');
  expect(read.map(({ payload }) => payload.notificationIds)).toEqual([[ids[2]]]);
});

it('reads all up to one, and leaves what is newer', async () => {
  const { me, ids } = await told();
  expect(await app.readAll(me, ids[1])).toBe(204);
  expect((await app.list(me, '?unread=true')).items.map(({ id }) => id)).toEqual(ids.slice(0, 1));
});

it('reads all up to a time, and all', async () => {
  const { me } = await told();
  expect(await app.readAll(me, '2026-01-01T00:00:00.000Z')).toBe(204);
  expect(await app.unreadCount(me)).toBe(5);
  expect(await app.readAll(me)).toBe(204);
  expect(await app.unreadCount(me)).toBe(0);
  await app.tell(followed(bob.id, me));
  expect(await app.unreadCount(me)).toBe(1);
});

it('counts mentions and requests besides', async () => {
  const me = someone();
  await app.tell(mentioned(me, postOf(bob.id)), requested(bob.id, me), liked(bob.id, postOf(me)));
  expect((await get(me, '/unread-count')).body).toEqual({ count: 3, mentions: 1, requests: 1 });
  await app.readAll(me);
  expect((await get(me, '/unread-count')).body).toEqual({ count: 0, mentions: 0, requests: 0 });
});

it('counts exactly while notifications arrive and are read at once', async () => {
  const me = someone();
  for (let round = 0; round < 5; round += 1) {
    const arriving = app.publish(...Array.from({ length: 20 }, () => liked(someone(), postOf(me))));
    await Promise.all([arriving, app.readAll(me), app.readAll(me)]);
  }
  await app.service.settle();
  const unread = (await app.list(me, '?unread=true&limit=100')).items;
  expect(await app.unreadCount(me)).toBe(unread.length);
  const [{ count } = { count: 0 }] = await app.service.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM notifications WHERE recipient_id = $1',
    [me],
  );
  expect(count).toBe(100);
});

it('gives every notification once over the pages while new ones arrive', async () => {
  const { me, ids } = await told();
  const seen: string[] = [];
  let query = '?limit=2';
  for (;;) {
    const { items, nextCursor } = await app.list(me, query);
    seen.push(...items.map(({ id }) => id));
    if (nextCursor === null) break;
    await app.tell(followed(someone(), me));
    query = `?limit=2&cursor=${encodeURIComponent(nextCursor)}`;
  }
  expect(seen).toEqual(ids);
});

it('filters by type', async () => {
  const { me } = await told();
  await app.tell(followed(bob.id, me));
  expect((await app.list(me, '?type=FOLLOW')).items.map(({ type }) => type)).toEqual(['FOLLOW']);
});

it.each([
  ['a type that there is not', '?type=POKE', 'QUERY_INVALID'],
  ['unread that is neither true nor false', '?unread=maybe', 'QUERY_INVALID'],
  ['a limit of 0', '?limit=0', 'QUERY_INVALID'],
  ['a cursor that was made up', '?cursor=abc', 'CURSOR_INVALID'],
])('refuses %s', async (_, query, code) => {
  expect(await get(someone(), query)).toMatchObject({ status: 400, body: { code } });
});

it("refuses the cursor of another's list, or of another filter", async () => {
  const { me } = await told();
  const { nextCursor } = await app.list(me, '?limit=2');
  const cursor = encodeURIComponent(nextCursor ?? '');
  expect(await get(someone(), `?cursor=${cursor}`)).toMatchObject({ status: 400, body: { code: 'CURSOR_INVALID' } });
  expect(await get(me, `?unread=true&cursor=${cursor}`)).toMatchObject({ status: 400 });
});

it('refuses to read what is not there, and bad bodies, and reads nothing', async () => {
  const { me, ids } = await told();
  const answers = [
    await put(me, `/v1/notifications/${someone()}/read`),
    await put(me, '/v1/notifications/read-all', { until: someone() }),
    await put(someone(), '/v1/notifications/read-all', { until: ids[0] }),
    await put(me, '/v1/notifications/no-id/read'),
    await put(me, '/v1/notifications/read-all', { until: 'yesterday' }),
    await put(me, '/v1/notifications/read-all', { upTo: ids[0] }),
  ];
  expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
    [404, 'NOTIFICATION_NOT_FOUND'],
    [404, 'NOTIFICATION_NOT_FOUND'],
    [404, 'NOTIFICATION_NOT_FOUND'],
    [400, 'PATH_INVALID'],
    [422, 'BODY_INVALID'],
    [422, 'BODY_INVALID'],
  ]);
  expect(await app.unreadCount(me)).toBe(5);
});
