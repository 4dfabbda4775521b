import type { ServiceUnderTest } from '@plaza/testing/service';
import { alice, bob, carol, socialUnderTest } from './social-under-test.js';

/**
 * Who may call what: every route of the service × owner, another user, nobody, admin. Blocked users come with the blocks.
 * Carol's account is private and Alice has asked to follow it; the owner is the one whose follow, request or list it is.
 */
const ROUTES: Array<[method: string, path: string, owner: number, other: number, admin: number]> = [
  ['PUT', `/v1/follows/${alice.id}`, 200, 200, 200],
  ['DELETE', `/v1/follows/${alice.id}`, 204, 204, 204],
  ['GET', '/v1/follows/requests', 200, 200, 200],
  ['POST', `/v1/follows/requests/${alice.id}/accept`, 200, 404, 404],
  ['POST', `/v1/follows/requests/${alice.id}/decline`, 204, 404, 404],
  ['DELETE', `/v1/follows/followers/${alice.id}`, 204, 204, 204],
  ['GET', `/v1/social/${carol.id}/followers`, 200, 403, 403],
  ['GET', `/v1/social/${carol.id}/following`, 200, 403, 403],
  ['GET', `/v1/social/${carol.id}/stats`, 200, 200, 200],
  ['GET', `/v1/social/relationships?userIds=${alice.id}`, 200, 200, 200],
];

let social: ServiceUnderTest;

beforeAll(async () => {
  social = await socialUnderTest({ carol: { privacyLevel: 'PRIVATE' } });
});
afterAll(() => social?.stop());
beforeEach(async () => {
  await social.query('DELETE FROM follows');
  await social.request('PUT', `/v1/follows/${carol.id}`, { as: alice.id });
});

it.each(ROUTES)('%s %s: owner, another user, admin', async (method, path, owner, other, admin) => {
  const statusFor = async (as: string, role: 'USER' | 'ADMIN' = 'USER') =>
    (await social.request(method, path, { as, role })).status;
  // The owner comes last: what is the owner's must still be there then.
  const [byOther, byAdmin] = [await statusFor(bob.id), await statusFor(bob.id, 'ADMIN')];
  expect([await statusFor(carol.id), byOther, byAdmin]).toEqual([owner, other, admin]);
});

it.each(ROUTES)('%s %s: nobody is asked for a token', async (method, path) => {
  expect(await social.request(method, path)).toMatchObject({ status: 401, body: { code: 'TOKEN_MISSING' } });
});

it('answers for another user in nobody else’s name: a request is accepted by the one who was asked alone', async () => {
  await social.request('PUT', `/v1/follows/${carol.id}`, { as: bob.id });
  const byAlice = await social.request('POST', `/v1/follows/requests/${bob.id}/accept`, { as: alice.id });
  const byBob = await social.request('POST', `/v1/follows/requests/${carol.id}/accept`, { as: bob.id });
  expect([byAlice.status, byBob.status]).toEqual([404, 404]);
});

it('has a row for every route that the service documents', async () => {
  const { body } = await social.request<{ paths: Record<string, object> }>('GET', '/openapi.json');
  const documented = Object.entries(body.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace('{userId}', 'ID')}`),
  );
  const tried = ROUTES.map(([method, path]) => `${method} ${path.replace(/\?.*/, '').replace(/[0-9a-f-]{36}/, 'ID')}`);
  expect(tried.sort()).toEqual(documented.sort());
});
