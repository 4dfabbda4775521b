import { randomUUID } from 'node:crypto';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { CommentView } from '../src/comments/comments.view.js';
import { alice, block, bob, carol, forgetPosts, forgetRelations, makePost, postUnderTest } from './post-under-test.js';

interface Row {
  owner: number;
  other: number;
  /** Somebody whom the owner has blocked. */
  blocked: number;
  admin: number;
  body?: object;
}
type Route = `${string} /v1/${string}`;

const POST = '{post}';
const COMMENT = '{comment}';
/** Not of anybody: everyone has their own, or sees those parts of it that are for them. */
const everyone = (status: number): Row => ({ owner: status, other: status, blocked: status, admin: status });
/** Who sees the post or comment may. */
const seeing = (status: number): Row => ({ ...everyone(status), blocked: 404 });
const ownerOnly = (status: number): Row => ({ owner: status, other: 403, blocked: 404, admin: 403 });
const words = { body: { content: 'Hello' } };

/**
 * Who may call what: every route of the service × owner, another user, one who is blocked, nobody, admin. Alice has written a
 * post and a comment on it, both for everyone. Privacy is in visibility.int-spec.ts.
 */
const ROUTES: Record<Route, Row> = {
  'POST /v1/posts': { ...everyone(201), ...words },
  [`GET /v1/posts?authorId=${alice.id}`]: seeing(200),
  'GET /v1/posts/search?q=hello': everyone(200),
  'GET /v1/posts/bookmarks': everyone(200),
  'GET /v1/hashtags/plaza/posts': everyone(200),
  'GET /v1/feed': everyone(200),
  'GET /v1/feed/public': everyone(200),
  [`GET /v1/posts/${POST}`]: seeing(200),
  [`PATCH /v1/posts/${POST}`]: { ...ownerOnly(200), ...words },
  [`DELETE /v1/posts/${POST}`]: ownerOnly(204),
  [`GET /v1/posts/${POST}/edits`]: seeing(200),
  [`POST /v1/posts/${POST}/share`]: seeing(201),
  [`DELETE /v1/posts/${POST}/share`]: everyone(204),
  [`PUT /v1/posts/${POST}/bookmark`]: seeing(204),
  [`DELETE /v1/posts/${POST}/bookmark`]: everyone(204),
  [`PUT /v1/posts/${POST}/like`]: seeing(200),
  [`DELETE /v1/posts/${POST}/like`]: everyone(204),
  [`GET /v1/posts/${POST}/likes`]: seeing(200),
  [`POST /v1/posts/${POST}/comments`]: { ...seeing(201), ...words },
  [`GET /v1/posts/${POST}/comments`]: seeing(200),
  [`GET /v1/comments/${COMMENT}`]: seeing(200),
  [`PATCH /v1/comments/${COMMENT}`]: { ...ownerOnly(200), ...words },
  [`DELETE /v1/comments/${COMMENT}`]: ownerOnly(204),
  [`GET /v1/comments/${COMMENT}/replies`]: seeing(200),
  [`PUT /v1/comments/${COMMENT}/like`]: seeing(200),
  [`DELETE /v1/comments/${COMMENT}/like`]: everyone(204),
  [`GET /v1/comments/${COMMENT}/likes`]: seeing(200),
};
const CASES = Object.entries(ROUTES);
const admin = randomUUID();

let service: ServiceUnderTest;
let ids: Record<string, string>;

beforeAll(async () => {
  service = await postUnderTest();
});
afterAll(() => service?.stop());
beforeEach(async () => {
  await forgetPosts(service);
  await forgetRelations(service);
  const post = (await makePost(service, alice.id)).id;
  const said = { as: alice.id, body: { content: 'And more' } };
  const comment = (await service.request<CommentView>('POST', `/v1/posts/${post}/comments`, said)).body.id;
  ids = { [POST]: post, [COMMENT]: comment };
  await block(service, alice.id, carol.id);
});

function call(route: string, options: Parameters<ServiceUnderTest['request']>[2]) {
  const [method = '', path = ''] = route.split(' ');
  return service.request(
    method,
    path.replace(/\{\w+\}/, (name) => ids[name] ?? name),
    options,
  );
}

it.each(CASES)('%s: owner, another user, a blocked one, admin', async (route, { body, ...expected }) => {
  const statusFor = async (as: string, role: 'USER' | 'ADMIN' = 'USER') =>
    (await call(route, { as, role, body })).status;
  // The owner comes last: what is the owner's must still be there then.
  const others = { other: await statusFor(bob.id), blocked: await statusFor(carol.id) };
  expect({ ...others, admin: await statusFor(admin, 'ADMIN'), owner: await statusFor(alice.id) }).toEqual(expected);
});

it.each(CASES)('%s: nobody is asked for a token', async (route, { body }) => {
  expect(await call(route, { body })).toMatchObject({ status: 401, body: { code: 'TOKEN_MISSING' } });
});

it('has a row for every route that the service documents', async () => {
  const { body } = await service.request<{ paths: Record<string, object> }>('GET', '/openapi.json');
  const documented = Object.entries(body.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const tried = Object.keys(ROUTES).map((route) =>
    route.replace(/\?.*/, '').replace(POST, '{id}').replace(COMMENT, '{id}').replace('/plaza/', '/{tag}/'),
  );
  expect(tried.sort()).toEqual(documented.sort());
});
