import { alice, blocked, bob, carol, liked, NotificationsUnderTest, postOf } from './under-test.js';

/**
 * Who may call what: every route of the service × owner, another user, one whom the owner has blocked, admin. Alice's
 * notification tells of Bob's like; she has blocked Carol.
 */
const ROUTES: Array<[method: string, path: string, owner: number, others: number]> = [
  ['GET', '/v1/notifications', 200, 200],
  ['GET', '/v1/notifications/unread-count', 200, 200],
  ['PUT', '/v1/notifications/read-all', 204, 204],
  ['PUT', '/v1/notifications/{id}/read', 204, 404],
];

let served: NotificationsUnderTest;
let id: string;

beforeAll(async () => {
  served = await NotificationsUnderTest.start();
  await served.tell(blocked(alice.id, carol.id), liked(bob.id, postOf(alice.id)));
  ({ id } = await served.only(alice.id));
});
afterAll(() => served?.stop());

const status = async (method: string, path: string, as?: string, role: 'USER' | 'ADMIN' = 'USER') =>
  (await served.service.request(method, path.replace('{id}', id), { as, role })).status;

it.each(ROUTES)(
  '%s %s: owner, another user, one who is blocked, admin, nobody',
  async (method, path, owner, others) => {
    expect([
      await status(method, path, bob.id),
      await status(method, path, carol.id),
      await status(method, path, bob.id, 'ADMIN'),
      await status(method, path),
      await status(method, path, alice.id),
    ]).toEqual([others, others, others, 401, owner]);
  },
);

it('shows nobody what others are told, and lets nobody read it for them', async () => {
  await served.tell(liked(bob.id, postOf(alice.id)));
  for (const other of [bob.id, carol.id]) {
    expect(await served.readAll(other)).toBe(204);
    expect((await served.list(other)).items).toEqual([]);
    expect(await served.unreadCount(other)).toBe(0);
  }
  expect(await served.unreadCount(alice.id)).toBe(1);
});

it('has a row for every route that the service documents', async () => {
  const { body } = await served.service.request<{ paths: Record<string, object> }>('GET', '/openapi.json');
  const documented = Object.entries(body.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(ROUTES.map(([method, path]) => `${method} ${path}`).sort()).toEqual(documented.sort());
});
