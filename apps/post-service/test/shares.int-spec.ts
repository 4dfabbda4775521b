import { randomUUID } from 'node:crypto';
import { fact, UserCreated } from '@plaza/contracts';
import { userState } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { PostView } from '../src/posts/post.view.js';
import {
  alice,
  block,
  bob,
  carol,
  factTypes,
  forgetPosts,
  forgetRelations,
  makePost,
  postUnderTest,
  relate,
  setAccount,
} from './post-under-test.js';

const CROWD = Array.from({ length: 20 }, (_, index) => ({
  id: randomUUID(),
  username: `fan${index}`,
  displayName: `Fan ${index}`,
}));
let service: ServiceUnderTest;

beforeAll(async () => {
  service = await postUnderTest();
  for (const fan of CROWD) await service.publish(fact(UserCreated, userState(fan)), { version: 1 });
  await service.settle();
});
afterAll(() => service?.stop());
beforeEach(async () => {
  await forgetPosts(service);
  await forgetRelations(service);
});

const share = (id: string, as: string, body?: object, headers = {}) =>
  service.request<PostView & { code?: string }>('POST', `/v1/posts/${id}/share`, { as, body, headers });
const unshare = (id: string, as: string) => service.request('DELETE', `/v1/posts/${id}/share`, { as });
const get = async (id: string, as = alice.id) =>
  (await service.request<PostView>('GET', `/v1/posts/${id}`, { as })).body;

/** What the post says of its shares, and what a recount gives. */
async function counts(id: string): Promise<[said: number, recounted: number]> {
  const [row] = await service.query<{ said: number; recounted: string }>(
    `SELECT share_count AS said, (SELECT count(*) FROM posts s WHERE s.shared_post_id = p.id AND s.deleted_at IS NULL) AS recounted
       FROM posts p WHERE id = $1`,
    [id],
  );
  return [row?.said ?? -1, Number(row?.recounted)];
}

describe('a share', () => {
  it('is a post without words that shows the other one, and both facts are told of it', async () => {
    const post = await makePost(service, alice.id);
    const { status, body } = await share(post.id, bob.id);
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        author: { id: bob.id },
        content: null,
        privacy: 'PUBLIC',
        sharedPostId: post.id,
        sharedPost: { id: post.id },
      },
    });
    expect(body.sharedPost?.shareCount).toBe(1);
    const shared = {
      id: body.id,
      authorId: bob.id,
      sharedPostId: post.id,
      sharedPostAuthorId: alice.id,
      content: null,
    };
    expect((await service.facts()).slice(1)).toMatchObject([
      { type: 'post.created', key: body.id, payload: shared },
      { type: 'post.shared', key: body.id, payload: shared },
    ]);
  });

  it('is made once by each, however many at once', async () => {
    const post = await makePost(service, alice.id);
    const answers = await Promise.all(Array.from({ length: 10 }, () => share(post.id, bob.id, {})));
    const outcomes = answers.map(({ status, body }) => body.code ?? status).sort();
    expect(outcomes).toEqual([201, ...Array(9).fill('ALREADY_SHARED')]);
    expect(answers.filter(({ status }) => status !== 201).map(({ status }) => status)).toEqual(Array(9).fill(409));
    expect(await factTypes(service)).toEqual(['post.created', 'post.created', 'post.shared']);
    expect(await counts(post.id)).toEqual([1, 1]);
  });

  it('is made once under one key, and answered alike', async () => {
    const post = await makePost(service, alice.id);
    const key = { 'idempotency-key': randomUUID() };
    const [first, second] = [await share(post.id, bob.id, {}, key), await share(post.id, bob.id, {}, key)];
    expect([second.status, second.headers.get('idempotency-replayed'), second.body.id]).toEqual([
      201,
      'true',
      first.body.id,
    ]);
    const other = await share(post.id, bob.id, { content: 'Other' }, key);
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect(await counts(post.id)).toEqual([1, 1]);
  });

  it('of a share is one of the original', async () => {
    const post = await makePost(service, alice.id);
    const first = await share(post.id, bob.id);
    const second = await share(first.body.id, carol.id);
    expect(second.body).toMatchObject({ sharedPostId: post.id, sharedPost: { id: post.id } });
    const own = await share(first.body.id, bob.id);
    expect(own.body.code).toBe('ALREADY_SHARED');
    expect(await counts(post.id)).toEqual([2, 2]);
  });

  it('is taken back by its author, through the post or the share, and can be made again', async () => {
    const post = await makePost(service, alice.id);
    await share(post.id, bob.id);
    const carols = await share(post.id, carol.id);
    const answers = [
      await unshare(post.id, bob.id),
      await unshare(post.id, bob.id),
      await unshare(carols.body.id, carol.id),
    ];
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect(await counts(post.id)).toEqual([0, 0]);
    expect((await factTypes(service)).slice(5)).toEqual(['post.deleted', 'post.deleted']);
    expect((await share(post.id, bob.id)).status).toBe(201);
  });

  it('cannot be edited, but deleted as a post', async () => {
    const post = await makePost(service, alice.id);
    const { body } = await share(post.id, bob.id);
    const edited = await service.request('PATCH', `/v1/posts/${body.id}`, { as: bob.id, body: { content: 'Words' } });
    expect([edited.status, edited.body.code]).toEqual([422, 'SHARE_NOT_EDITABLE']);
    expect((await service.request('DELETE', `/v1/posts/${body.id}`, { as: bob.id })).status).toBe(204);
    expect(await counts(post.id)).toEqual([0, 0]);
  });

  it('leaves no trace of a post that is deleted in the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const post = await makePost(service, alice.id);
      const [shared, deleted] = await Promise.all([
        share(post.id, bob.id),
        service.request('DELETE', `/v1/posts/${post.id}`, { as: alice.id }),
      ]);
      expect([201, 404]).toContain(shared.status);
      expect(deleted.status).toBe(204);
    }
    const { body } = await service.request<{ items: object[] }>('GET', `/v1/posts?authorId=${bob.id}`, {
      as: carol.id,
    });
    expect(body.items).toEqual([]);
  });
});

describe('a quote', () => {
  it.each([
    [
      'POST /v1/posts',
      (id: string) =>
        service.request<PostView>('POST', '/v1/posts', {
          as: bob.id,
          body: { content: 'So #true', sharedPostId: id.toUpperCase() },
        }),
    ],
    ['POST /v1/posts/{id}/share', (id: string) => share(id, bob.id, { content: 'So #true' })],
  ])('by %s has words of its own, and can be made again', async (_, quote) => {
    const post = await makePost(service, alice.id);
    const { status, body } = await quote(post.id);
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { content: 'So #true', hashtags: ['true'], sharedPostId: post.id, sharedPost: { id: post.id } },
    });
    expect((await service.facts()).at(-1)).toMatchObject({ type: 'post.shared', payload: { content: 'So #true' } });
    expect((await quote(post.id)).status).toBe(201);
    expect((await share(post.id, bob.id)).status).toBe(201);
    expect(await counts(post.id)).toEqual([3, 3]);
  });

  it('is edited as other posts are, and says still what it quotes', async () => {
    const post = await makePost(service, alice.id);
    const quote = await share(post.id, bob.id, { content: 'So true' });
    const { body } = await service.request<PostView>('PATCH', `/v1/posts/${quote.body.id}`, {
      as: bob.id,
      body: { content: 'So false' },
    });
    expect(body).toMatchObject({ content: 'So false', sharedPost: { id: post.id } });
    expect((await service.facts()).at(-1)).toMatchObject({
      type: 'post.updated',
      payload: { sharedPostId: post.id, sharedPostAuthorId: alice.id },
    });
  });

  it('can itself be shared', async () => {
    const post = await makePost(service, alice.id);
    const quote = await share(post.id, bob.id, { content: 'So true' });
    const { body } = await share(quote.body.id, carol.id);
    expect(body.sharedPost).toMatchObject({ id: quote.body.id, sharedPostId: post.id });
    expect([await counts(post.id), await counts(quote.body.id)]).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it('takes its privacy from its author', async () => {
    const post = await makePost(service, alice.id);
    const quote = await makePost(service, bob.id, {
      content: 'Just for us',
      privacy: 'FRIENDS',
      sharedPostId: post.id,
    });
    expect(quote).toMatchObject({ privacy: 'FRIENDS', sharedPost: { id: post.id } });
  });

  it.each(['', ' ', '🐇'.repeat(281), null])('refuses the words %j', async (content) => {
    const post = await makePost(service, alice.id);
    const answer = await share(post.id, bob.id, { content });
    expect(answer).toMatchObject({ status: 422, body: { code: 'BODY_INVALID', errors: [{ path: 'content' }] } });
    expect(await counts(post.id)).toEqual([0, 0]);
  });
});

describe('what can be shared', () => {
  const outcome = async (id: string, as: string) => {
    const answers = [
      await share(id, as),
      await share(id, as, { content: 'Look' }),
      await service.request<{ code?: string }>('POST', '/v1/posts', {
        as,
        body: { content: 'Look', sharedPostId: id },
      }),
    ];
    const outcomes = new Set(answers.map(({ status, body }) => `${status} ${body.code ?? ''}`.trim()));
    return [...outcomes];
  };

  it.each([
    ['PUBLIC', 'PUBLIC', '201'],
    ['PUBLIC', 'PRIVATE', '403 POST_NOT_SHAREABLE'],
    ['FRIENDS', 'PUBLIC', '403 POST_NOT_SHAREABLE'],
    ['FRIENDS', 'FRIENDS', '403 POST_NOT_SHAREABLE'],
    ['PRIVATE', 'PUBLIC', '404 POST_NOT_FOUND'],
  ] as const)('a %s post of a %s account by a friend who follows: %s', async (privacy, privacyLevel, expected) => {
    const post = await makePost(service, alice.id, { content: 'x', privacy });
    await setAccount(service, alice.id, { privacyLevel });
    await relate(service, bob.id, alice.id, { follow: 'ACTIVE', friends: true });
    expect(await outcome(post.id, bob.id)).toEqual([expected]);
    expect((await counts(post.id))[0]).toBe(expected === '201' ? 3 : 0);
  });

  it.each([
    ['PUBLIC', '201'],
    ['FRIENDS', '403 POST_NOT_SHAREABLE'],
    ['PRIVATE', '403 POST_NOT_SHAREABLE'],
  ])("one's own %s post, whatever one's account: %s", async (privacy, expected) => {
    await setAccount(service, alice.id, { privacyLevel: 'PRIVATE' });
    const post = await makePost(service, alice.id, { content: 'x', privacy });
    expect(await outcome(post.id, alice.id)).toEqual([expected]);
  });

  it('nothing across a block, nothing that is deleted, nothing that there is not', async () => {
    const [post, deleted] = [await makePost(service, alice.id), await makePost(service, carol.id)];
    await block(service, alice.id, bob.id);
    await service.request('DELETE', `/v1/posts/${deleted.id}`, { as: carol.id });
    for (const id of [post.id, deleted.id, randomUUID()])
      expect(await outcome(id, bob.id)).toEqual(['404 POST_NOT_FOUND']);
    expect((await service.query('SELECT FROM posts WHERE author_id = $1', [bob.id])).length).toBe(0);
  });

  it('nothing by an account that is not active', async () => {
    const post = await makePost(service, alice.id);
    await setAccount(service, bob.id, { accountStatus: 'SUSPENDED' });
    expect(await outcome(post.id, bob.id)).toEqual(['403 ACCOUNT_NOT_ACTIVE']);
    expect([await counts(post.id), await factTypes(service)]).toEqual([[0, 0], ['post.created']]);
  });
});

it('counts shares right while many share, quote and take back at once', async () => {
  const post = await makePost(service, alice.id);
  const acts = CROWD.flatMap(({ id }) => [
    () => share(post.id, id),
    () => share(post.id, id, { content: 'Look' }),
    () => unshare(post.id, id),
    () => share(post.id, id),
  ]);
  const answers = await Promise.all(acts.map((act) => act()));
  expect(answers.filter(({ status }) => ![201, 204, 409].includes(status))).toEqual([]);
  const [said, recounted] = await counts(post.id);
  expect(said).toBe(recounted);
  expect((await get(post.id)).shareCount).toBe(said);
});
