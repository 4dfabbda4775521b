import { randomUUID } from 'node:crypto';
import { fact, UserCreated } from '@plaza/contracts';
import { userState } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { PostEditView, PostView } from '../src/posts/post.view.js';
import { alice, bob, factTypes, forgetPosts, makePost, postUnderTest, setAccount } from './post-under-test.js';

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await postUnderTest();
});
afterAll(() => service?.stop());
beforeEach(() => forgetPosts(service));

const create = (body: unknown, headers = {}) =>
  service.request<PostView & { code?: string }>('POST', '/v1/posts', { as: alice.id, body, headers });
const get = (id: string, as = alice.id) => service.request<PostView>('GET', `/v1/posts/${id}`, { as });
const edit = (id: string, body: unknown, as = alice.id) =>
  service.request<PostView & { code?: string }>('PATCH', `/v1/posts/${id}`, { as, body });
const remove = (id: string, as = alice.id) => service.request('DELETE', `/v1/posts/${id}`, { as });
const written = () => service.query('SELECT content, privacy FROM posts');

describe('posting', () => {
  it('makes a post, its hashtags and its fact', async () => {
    const { status, body } = await create({ content: '  Hello #World, and #world again\n' });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        author: { id: alice.id, username: 'alice', displayName: 'Alice', verified: false },
        content: 'Hello #World, and #world again',
        type: 'TEXT',
        privacy: 'PUBLIC',
        hashtags: ['world'],
        linkUrl: null,
        sharedPostId: null,
        sharedPost: null,
        editedAt: null,
        likedByMe: false,
        bookmarkedByMe: false,
      },
    });
    expect([body.likeCount, body.commentCount, body.shareCount]).toEqual([0, 0, 0]);
    expect(await service.query('SELECT tag FROM post_hashtags')).toEqual([{ tag: 'world' }]);
    expect(await service.facts()).toMatchObject([
      {
        type: 'post.created',
        key: body.id,
        payload: { id: body.id, authorId: alice.id, content: body.content, hashtags: ['world'], privacy: 'PUBLIC' },
      },
    ]);
  });

  it('answers what a read answers afterwards', async () => {
    const { body } = await create({ content: 'A link', linkUrl: 'https://example.org/a?b#c', privacy: 'FRIENDS' });
    expect(body).toMatchObject({ type: 'LINK', linkUrl: 'https://example.org/a?b#c', privacy: 'FRIENDS' });
    expect((await get(body.id)).body).toEqual(body);
  });

  it('stands where its fact stands among all facts', async () => {
    await makePost(service, alice.id);
    const [post] = await service.query('SELECT position FROM posts');
    expect(await service.query('SELECT version AS position FROM outbox')).toEqual([post]);
  });

  it.each([
    ['letters', 'x'.repeat(280)],
    ['emoji, two units each', '🐇'.repeat(280)],
    ['letters with combining marks, two code points each', 'e\u0301'.repeat(140)],
    ['lines', `${'a\n'.repeat(139)}bc`],
    ['blanks around them, which do not count', ` \n${'x'.repeat(280)}\t `],
  ])('takes 280 code points: %s', async (_, content) => {
    const { status, body } = await create({ content });
    expect([status, body.content]).toEqual([201, content.trim()]);
  });

  it.each([
    ['281 letters', { content: 'x'.repeat(281) }, 'content', 'TEXT'],
    ['281 emoji', { content: '🐇'.repeat(281) }, 'content', 'TEXT'],
    ['282 code points that look like 141 letters', { content: 'e\u0301'.repeat(141) }, 'content', 'TEXT'],
    ['nothing', { content: '' }, 'content', 'TEXT'],
    ['blanks', { content: ' \n\t\u2003' }, 'content', 'TEXT'],
    ['no content', {}, 'content', 'TEXT'],
    ['null', { content: null }, 'content', 'TEXT'],
    ['a number', { content: 7 }, 'content', 'TEXT'],
    ['control characters', { content: 'a\u001bb' }, 'content', 'TEXT'],
    ['an unknown field', { content: 'x', authorId: bob.id }, 'authorId', 'UNKNOWN_FIELD'],
    ['a privacy that there is not', { content: 'x', privacy: 'SECRET' }, 'privacy', 'IS_IN'],
    ['no privacy at all', { content: 'x', privacy: null }, 'privacy', 'IS_IN'],
    ['a script', { content: 'x', linkUrl: 'javascript:alert(1)' }, 'linkUrl', 'WEB_URL'],
    ['a link with a password', { content: 'x', linkUrl: 'https://alice:secret@example.org/' }, 'linkUrl', 'WEB_URL'],
    ['a link that is none', { content: 'x', linkUrl: 'example.org' }, 'linkUrl', 'WEB_URL'],
    [
      'a link that is too long',
      { content: 'x', linkUrl: `https://example.org/${'a'.repeat(2_029)}` },
      'linkUrl',
      'WEB_URL',
    ],
    ['something to quote that is no id', { content: 'x', sharedPostId: 'that one' }, 'sharedPostId', 'IS_UUID'],
  ])('refuses %s', async (_, body, path, code) => {
    const answer = await create(body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'BODY_INVALID', errors: [{ path, code }] } });
    expect([await written(), await factTypes(service)]).toEqual([[], []]);
  });

  it.each(['a\u0000b', 'a\ud800b'])('refuses what no database stores: %j', async (content) => {
    expect(await create({ content })).toMatchObject({ status: 422, body: { code: 'BODY_INVALID' } });
    expect(await written()).toEqual([]);
  });

  it('takes the longest link', async () => {
    const linkUrl = `https://example.org/${'a'.repeat(2_028)}`;
    expect((await create({ content: 'x', linkUrl })).body.linkUrl).toBe(linkUrl);
  });

  it.each(['SUSPENDED', 'DEACTIVATED', 'DELETED'] as const)('is not for a %s account', async (accountStatus) => {
    await setAccount(service, alice.id, { accountStatus });
    const answers = [
      await create({ content: 'x' }),
      await create({ content: '#x' }),
      await create({ content: '@bob' }),
    ];
    await setAccount(service, alice.id, { accountStatus: 'ACTIVE' });
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(Array(3).fill([403, 'ACCOUNT_NOT_ACTIVE']));
    expect([await written(), await factTypes(service)]).toEqual([[], []]);
  });

  it('is for somebody who has only just registered, whose post others see once the name is known', async () => {
    const dora = { id: randomUUID(), username: 'dora', displayName: 'Dora' };
    const post = await makePost(service, dora.id, { content: 'My first' });
    expect(post.author).toEqual({ id: dora.id, username: null, displayName: null, avatarUrl: null, verified: false });
    const seen = get(post.id, bob.id);
    await service.publish(fact(UserCreated, userState(dora)), { version: 1 });
    expect(await seen).toMatchObject({ status: 200, body: { author: { username: 'dora' } } });
  });
});

describe('with an Idempotency-Key', () => {
  it.each(['Once', 'Once, #tagged', 'Once, @bob'])(
    'posts %j once, however often and at once it is asked',
    async (content) => {
      const key = { 'idempotency-key': randomUUID() };
      const answers = await Promise.all(Array.from({ length: 10 }, () => create({ content }, key)));
      expect(await written()).toHaveLength(1);
      expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
      const again = await create({ content }, key);
      const first = answers.find(({ status }) => status === 201);
      expect([again.status, again.headers.get('idempotency-replayed'), again.body]).toEqual([201, 'true', first?.body]);
      expect((await factTypes(service)).filter((type) => type === 'post.created')).toHaveLength(1);
    },
  );

  it('refuses the key for another text', async () => {
    const key = { 'idempotency-key': randomUUID() };
    await create({ content: 'One' }, key);
    expect(await create({ content: 'Two' }, key)).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect(await written()).toHaveLength(1);
  });

  it('keeps nothing of a text that was refused', async () => {
    const key = { 'idempotency-key': randomUUID() };
    await setAccount(service, alice.id, { accountStatus: 'SUSPENDED' });
    const refused = await create({ content: 'One' }, key);
    await setAccount(service, alice.id, { accountStatus: 'ACTIVE' });
    expect([refused.status, (await create({ content: 'Two' }, key)).status]).toEqual([403, 201]);
  });
});

describe('editing', () => {
  it('changes the words, keeps the old ones and tells of it', async () => {
    const post = await makePost(service, alice.id, { content: 'About #cats' });
    const { status, body } = await edit(post.id, { content: 'About #dogs and #birds' });
    expect({ status, body }).toMatchObject({ status: 200, body: { id: post.id, hashtags: ['dogs', 'birds'] } });
    expect(body.editedAt).not.toBeNull();
    expect((await get(post.id, bob.id)).body).toEqual(body);
    expect(await service.query('SELECT tag FROM post_hashtags ORDER BY tag')).toEqual([
      { tag: 'birds' },
      { tag: 'dogs' },
    ]);
    expect((await service.facts()).at(-1)).toMatchObject({
      type: 'post.updated',
      key: post.id,
      payload: { content: 'About #dogs and #birds', hashtags: ['dogs', 'birds'], editedAt: body.editedAt },
    });
  });

  it('changes privacy without calling the post edited', async () => {
    const post = await makePost(service, alice.id);
    expect((await edit(post.id, { privacy: 'PRIVATE' })).body).toMatchObject({ privacy: 'PRIVATE', editedAt: null });
    expect((await get(post.id, bob.id)).status).toBe(404);
    expect(await service.query('SELECT content FROM post_edits')).toEqual([]);
    expect(await factTypes(service)).toEqual(['post.created', 'post.updated']);
  });

  it.each([{}, { content: 'Same' }, { content: ' Same ', privacy: 'PUBLIC' }])(
    'does nothing by %j',
    async (changes) => {
      const post = await makePost(service, alice.id, { content: 'Same' });
      expect(await edit(post.id, changes)).toMatchObject({ status: 200, body: post });
      expect(await factTypes(service)).toEqual(['post.created']);
    },
  );

  it('gives the history, newest first, to whoever sees the post', async () => {
    const post = await makePost(service, alice.id, { content: 'Version 0' });
    for (let version = 1; version <= 25; version += 1) await edit(post.id, { content: `Version ${version}` });
    const page = async (query: string) =>
      (
        await service.request<{ items: PostEditView[]; nextCursor: string | null }>(
          'GET',
          `/v1/posts/${post.id}/edits${query}`,
          { as: bob.id },
        )
      ).body;
    const first = await page('?limit=20');
    const second = await page(`?limit=20&cursor=${encodeURIComponent(first.nextCursor ?? '')}`);
    const said = [...first.items, ...second.items].map(({ content }) => content);
    expect(said).toEqual(Array.from({ length: 25 }, (_, index) => `Version ${24 - index}`));
    expect(second.nextCursor).toBeNull();
  });

  it('loses no version when two edit at once', async () => {
    const post = await makePost(service, alice.id, { content: 'Version 0' });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => edit(post.id, { content: `Version ${index + 1}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const { body } = await get(post.id);
    const kept = await service.query<{ content: string }>('SELECT content FROM post_edits');
    expect([...kept.map(({ content }) => content), body.content].sort()).toEqual(
      Array.from({ length: 11 }, (_, index) => `Version ${index}`).sort(),
    );
  });

  it.each([
    [{ content: '' }, 'content', 'TEXT'],
    [{ content: null }, 'content', 'TEXT'],
    [{ content: '🐇'.repeat(281) }, 'content', 'TEXT'],
    [{ privacy: 'NOBODY' }, 'privacy', 'IS_IN'],
    [{ linkUrl: 'https://example.org/' }, 'linkUrl', 'UNKNOWN_FIELD'],
  ])('refuses %j', async (changes, path, code) => {
    const post = await makePost(service, alice.id);
    expect(await edit(post.id, changes)).toMatchObject({ status: 422, body: { errors: [{ path, code }] } });
    expect(await factTypes(service)).toEqual(['post.created']);
  });

  it("is for the author alone: another's post is 403 where it is seen, and 404 where not", async () => {
    const [open, hidden] = [
      await makePost(service, alice.id),
      await makePost(service, alice.id, { content: 'x', privacy: 'PRIVATE' }),
    ];
    const answers = await Promise.all(
      [open.id, hidden.id, randomUUID()].map((id) => edit(id, { content: 'Mine' }, bob.id)),
    );
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [403, 'POST_NOT_YOURS'],
      [404, 'POST_NOT_FOUND'],
      [404, 'POST_NOT_FOUND'],
    ]);
  });

  it('is not for an account that is not active, nor of a post that is deleted', async () => {
    const post = await makePost(service, alice.id);
    await setAccount(service, alice.id, { accountStatus: 'SUSPENDED' });
    const suspended = await edit(post.id, { content: 'x' });
    await setAccount(service, alice.id, { accountStatus: 'ACTIVE' });
    await remove(post.id);
    const deleted = await edit(post.id, { content: 'x' });
    expect([suspended.body.code, deleted.body.code]).toEqual(['ACCOUNT_NOT_ACTIVE', 'POST_NOT_FOUND']);
    expect(await factTypes(service)).toEqual(['post.created', 'post.deleted']);
  });
});

describe('deleting', () => {
  it('hides the post, tells of it once, and answers alike when it is done again', async () => {
    const post = await makePost(service, alice.id, { content: 'Away with #it' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => remove(post.id)));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(204));
    expect((await remove(post.id)).status).toBe(204);
    expect((await get(post.id)).status).toBe(404);
    expect(await service.query('SELECT FROM post_hashtags')).toEqual([]);
    const told = (await service.facts()).filter(({ type }) => type === 'post.deleted');
    expect(told).toMatchObject([{ key: post.id, payload: { id: post.id, authorId: alice.id, sharedPostId: null } }]);
  });

  it("is for the author alone: another's post is 403 where it is seen, and 404 where not", async () => {
    const [open, hidden] = [
      await makePost(service, alice.id),
      await makePost(service, alice.id, { content: 'x', privacy: 'PRIVATE' }),
    ];
    const answers = await Promise.all([open.id, hidden.id, randomUUID()].map((id) => remove(id, bob.id)));
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [403, 'POST_NOT_YOURS'],
      [404, 'POST_NOT_FOUND'],
      [404, 'POST_NOT_FOUND'],
    ]);
    expect((await get(open.id)).status).toBe(200);
  });
});

it.each(['GET', 'PATCH', 'DELETE'])('%s answers 400 where the id is none', async (method) => {
  const answer = await service.request(method, '/v1/posts/not-an-id', {
    as: alice.id,
    body: method === 'PATCH' ? {} : undefined,
  });
  expect(answer).toMatchObject({ status: 400, body: { code: 'PATH_INVALID' } });
});
