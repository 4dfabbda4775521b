import { randomUUID } from 'node:crypto';
import { fact, UserCreated } from '@plaza/contracts';
import { userState } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { CommentView } from '../src/comments/comments.view.js';
import {
  alice,
  block,
  bob,
  carol,
  forgetPosts,
  forgetRelations,
  makePost,
  postUnderTest,
  relate,
  setAccount,
} from './post-under-test.js';

interface Listed {
  items: CommentView[];
  nextCursor: string | null;
}

let service: ServiceUnderTest;
let postId: string;

beforeAll(async () => {
  service = await postUnderTest();
});
afterAll(() => service?.stop());
beforeEach(async () => {
  await forgetPosts(service);
  await forgetRelations(service);
  postId = (await makePost(service, alice.id)).id;
  await service.query('DELETE FROM outbox');
});

const comment = (as: string, body: unknown, { of = postId, key = '' } = {}) =>
  service.request<CommentView>('POST', `/v1/posts/${of}/comments`, {
    ...{ as, body },
    headers: key ? { 'idempotency-key': key } : {},
  });
const get = (as: string, id: string) => service.request<CommentView>('GET', `/v1/comments/${id}`, { as });
const edit = (as: string, id: string, content: string) =>
  service.request<CommentView>('PATCH', `/v1/comments/${id}`, { as, body: { content } });
const remove = (as: string, id: string) => service.request('DELETE', `/v1/comments/${id}`, { as });
const comments = (as: string, query = '', of = postId) =>
  service.request<Listed>('GET', `/v1/posts/${of}/comments${query}`, { as });
const replies = (as: string, id: string, query = '') =>
  service.request<Listed>('GET', `/v1/comments/${id}/replies${query}`, { as });
const restrict = (privacy: string) => service.query('UPDATE posts SET privacy = $1 WHERE id = $2', [privacy, postId]);
const ids = ({ body }: { body: Listed }) => body.items.map(({ id }) => id);
const factTypes = async () => (await service.facts()).map(({ type }) => type);

/** Makes a comment that must come to be. */
async function made(as: string, content = 'So it is', parentCommentId?: string): Promise<string> {
  const answer = await comment(as, { content, parentCommentId });
  if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body.id;
}

/** Every count that is kept and does not equal a recount. */
const miscounted = () =>
  service.query(
    `SELECT p.id FROM posts p WHERE comment_count <>
            (SELECT count(*) FROM comments c WHERE c.post_id = p.id AND c.deleted_at IS NULL)
      UNION ALL
     SELECT p.id FROM comments p WHERE reply_count <>
            (SELECT count(*) FROM comments c WHERE c.parent_comment_id = p.id AND c.deleted_at IS NULL)`,
  );

const postCounts = async () =>
  (await service.request<{ commentCount: number }>('GET', `/v1/posts/${postId}`, { as: alice.id })).body.commentCount;

describe('commenting on a post', () => {
  it('makes a comment, and a fact that names the post’s author', async () => {
    const { status, body } = await comment(bob.id, { content: '  So it is 🎉\n' });
    const { username, displayName } = bob;
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(String),
      postId,
      parentCommentId: null,
      author: { id: bob.id, username, displayName, avatarUrl: null, verified: false },
      content: 'So it is 🎉',
      likeCount: 0,
      replyCount: 0,
      likedByMe: false,
      mentionedUserIds: [],
      createdAt: expect.any(String),
      editedAt: null,
      deletedAt: null,
    });
    const { id, createdAt, content } = body;
    expect(await service.facts()).toEqual([
      {
        type: 'comment.created',
        key: id,
        payload: {
          ...{ id, postId, content, createdAt, editedAt: null, authorId: bob.id, postAuthorId: alice.id },
          ...{ parentCommentId: null, parentAuthorId: null },
        },
      },
    ]);
    expect(await postCounts()).toBe(1);
  });

  it('answers another comment, whose author the fact names, and counts with both', async () => {
    const parentCommentId = await made(bob.id);
    const { body } = await comment(carol.id, { content: 'No!', parentCommentId: parentCommentId.toUpperCase() });
    expect(body).toMatchObject({ parentCommentId, content: 'No!' });
    expect((await service.facts()).at(-1)?.payload).toMatchObject({ parentCommentId, parentAuthorId: bob.id });
    expect((await get(bob.id, parentCommentId)).body.replyCount).toBe(1);
    expect(await postCounts()).toBe(2);
  });

  it('takes 280 characters as people count them, and not one more', async () => {
    expect((await comment(bob.id, { content: '🐇'.repeat(280) })).status).toBe(201);
    expect(await comment(bob.id, { content: '🐇'.repeat(281) })).toMatchObject({
      status: 422,
      body: { code: 'BODY_INVALID', errors: [{ path: 'content' }] },
    });
  });

  it.each<[string, unknown]>([
    ['281 characters', { content: 'a'.repeat(281) }],
    ['nothing', { content: '' }],
    ['blanks', { content: ' \n ' }],
    ['no words', {}],
    ['null', { content: null }],
    ['a number', { content: 7 }],
    ['half a pair', { content: 'a\ud800' }],
    ['a NUL', { content: 'a\0b' }],
    ['an unknown field', { content: 'a', postId: randomUUID() }],
    ['a parent that is no id', { content: 'a', parentCommentId: 'x' }],
    ['a parent of null', { content: 'a', parentCommentId: null }],
  ])('refuses %s', async (_, body) => {
    expect(await comment(bob.id, body)).toMatchObject({ status: 422, body: { code: 'BODY_INVALID' } });
    expect(await factTypes()).toEqual([]);
  });

  it('refuses to answer a comment that never was', async () => {
    expect(await comment(bob.id, { content: 'a', parentCommentId: randomUUID() })).toMatchObject({
      status: 404,
      body: { code: 'COMMENT_NOT_FOUND' },
    });
    expect(await factTypes()).toEqual([]);
  });

  it('refuses to answer a comment that is deleted, though its place is still shown', async () => {
    const parentCommentId = await made(bob.id);
    await made(carol.id, 'a reply', parentCommentId);
    await remove(bob.id, parentCommentId);
    expect((await get(carol.id, parentCommentId)).status).toBe(200);
    expect(await comment(carol.id, { content: 'a', parentCommentId })).toMatchObject({
      status: 404,
      body: { code: 'COMMENT_NOT_FOUND' },
    });
  });

  it('refuses to answer a comment of another post, and says no more where that one cannot be seen', async () => {
    const parentCommentId = await made(bob.id);
    const of = (await makePost(service, alice.id)).id;
    const answer = () => comment(carol.id, { content: 'a', parentCommentId }, { of });
    expect(await answer()).toMatchObject({ status: 422, body: { code: 'COMMENT_OF_OTHER_POST' } });
    await restrict('PRIVATE');
    expect(await answer()).toMatchObject({ status: 404, body: { code: 'COMMENT_NOT_FOUND' } });
  });

  it('refuses to answer somebody across a block', async () => {
    const parentCommentId = await made(bob.id);
    await block(service, bob.id, carol.id);
    expect(await comment(carol.id, { content: 'a', parentCommentId })).toMatchObject({
      status: 404,
      body: { code: 'COMMENT_NOT_FOUND' },
    });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['for friends', () => restrict('FRIENDS')],
    ['that is private', () => restrict('PRIVATE')],
    ['of somebody who blocks', () => block(service, alice.id, bob.id)],
    ['of a private account', () => setAccount(service, alice.id, { privacyLevel: 'PRIVATE' })],
    ['that is deleted', () => service.request('DELETE', `/v1/posts/${postId}`, { as: alice.id })],
  ])('finds no post %s', async (_, hide) => {
    const id = await made(bob.id);
    await hide();
    const before = await factTypes();
    for (const body of [{ content: 'a' }, { content: 'hello @carol' }, { content: 'a', parentCommentId: id }])
      expect(await comment(bob.id, body)).toMatchObject({ status: 404, body: { code: 'POST_NOT_FOUND' } });
    expect(await comments(bob.id)).toMatchObject({ status: 404, body: { code: 'POST_NOT_FOUND' } });
    for (const answer of [await get(bob.id, id), await replies(bob.id, id), await edit(bob.id, id, 'b')])
      expect(answer).toMatchObject({ status: 404, body: { code: 'COMMENT_NOT_FOUND' } });
    expect(await factTypes()).toEqual(before);
  });

  it('lets friends comment on what is for friends', async () => {
    await restrict('FRIENDS');
    await relate(service, bob.id, alice.id, { friends: true });
    expect((await comment(bob.id, { content: 'a' })).status).toBe(201);
  });

  it('is not for an account that is suspended', async () => {
    await setAccount(service, bob.id, { accountStatus: 'SUSPENDED' });
    for (const content of ['a', 'hello @carol'])
      expect(await comment(bob.id, { content })).toMatchObject({ status: 403, body: { code: 'ACCOUNT_NOT_ACTIVE' } });
  });

  it('waits for a post’s author who has only just registered', async () => {
    const dora = { id: randomUUID(), username: `dora${Date.now()}`, displayName: 'Dora' };
    const of = (await makePost(service, dora.id)).id;
    const answer = comment(bob.id, { content: 'Welcome' }, { of });
    await service.publish(fact(UserCreated, userState(dora)), { version: 1 });
    expect((await answer).status).toBe(201);
  });

  it('is answered as written, though its post is hidden or deleted by then', async () => {
    const first = await comment(bob.id, { content: 'Just in time' }, { key: 'late' });
    await restrict('PRIVATE');
    const hidden = await comment(bob.id, { content: 'Just in time' }, { key: 'late' });
    await service.query('UPDATE posts SET deleted_at = now() WHERE id = $1', [postId]);
    const deleted = await comment(bob.id, { content: 'Just in time' }, { key: 'late' });
    expect([first, hidden, deleted].map(({ status, body }) => [status, body.id])).toEqual(
      Array(3).fill([201, first.body.id]),
    );
  });

  it('makes one comment of all requests with the same key, mentioning somebody or not', async () => {
    for (const content of ['a', 'hello @carol']) {
      const key = randomUUID();
      const first = await comment(bob.id, { content }, { key });
      const second = await comment(bob.id, { content }, { key });
      expect(second).toMatchObject({ status: 201, body: first.body });
      expect(second.headers.get('idempotency-replayed')).toBe('true');
      expect(await comment(bob.id, { content: 'b' }, { key })).toMatchObject({
        status: 422,
        body: { code: 'IDEMPOTENCY_KEY_REUSED' },
      });
    }
    expect((await factTypes()).filter((type) => type === 'comment.created')).toHaveLength(2);
    expect(await postCounts()).toBe(2);
  });

  it('forgets a key whose request was refused', async () => {
    const key = randomUUID();
    const body = { content: 'a', parentCommentId: randomUUID() };
    expect((await comment(bob.id, body, { key })).status).toBe(404);
    expect((await comment(bob.id, { content: 'a' }, { key })).status).toBe(201);
  });
});

describe('mentions in a comment', () => {
  const mentions = async () =>
    (await service.facts())
      .filter(({ type }) => type.startsWith('user.'))
      .map(({ type, payload }) => ({ type, payload }));

  it('are told with all whom the comment concerns', async () => {
    const parentCommentId = await made(bob.id);
    const { body } = await comment(alice.id, { content: 'ask @carol, not @nobody or @alice', parentCommentId });
    expect(body.mentionedUserIds).toEqual([carol.id]);
    expect(await mentions()).toEqual([
      {
        type: 'user.mentioned',
        payload: {
          ...{ mentionedUserId: carol.id, authorId: alice.id, postId, commentId: body.id, createdAt: body.createdAt },
          ...{ postAuthorId: alice.id, parentAuthorId: bob.id },
        },
      },
    ]);
  });

  it('are of those alone who may see the post', async () => {
    await restrict('FRIENDS');
    await relate(service, bob.id, alice.id, { friends: true });
    expect((await comment(bob.id, { content: '@carol @alice' })).body.mentionedUserIds).toEqual([alice.id]);
  });

  it('follow an edit: who is new is told, who is gone is told, who stays is not told again', async () => {
    const id = await made(alice.id, '@bob and more');
    await service.query('DELETE FROM outbox');
    expect((await edit(alice.id, id, '@bob and @carol')).body.mentionedUserIds).toEqual([bob.id, carol.id]);
    expect((await edit(alice.id, id, '@carol alone')).body.mentionedUserIds).toEqual([carol.id]);
    expect(await mentions()).toMatchObject([
      { type: 'user.mentioned', payload: { mentionedUserId: carol.id, commentId: id } },
      { type: 'user.unmentioned', payload: { mentionedUserId: bob.id, commentId: id } },
    ]);
  });
});

describe('editing a comment', () => {
  it('changes its words, tells so and shows when', async () => {
    const id = await made(bob.id);
    const { status, body } = await edit(bob.id, id, ' Or not ');
    expect(status).toBe(200);
    expect(body).toMatchObject({ content: 'Or not', editedAt: expect.any(String), createdAt: expect.any(String) });
    expect((await service.facts()).at(-1)).toMatchObject({
      type: 'comment.updated',
      key: id,
      payload: { content: 'Or not', editedAt: body.editedAt, postAuthorId: alice.id, parentAuthorId: null },
    });
  });

  it('changes nothing where it says the same', async () => {
    const id = await made(bob.id, 'Same');
    expect((await edit(bob.id, id, 'Same ')).body.editedAt).toBeNull();
    expect(await factTypes()).toEqual(['comment.created']);
  });

  it('is for its author alone', async () => {
    const id = await made(bob.id);
    for (const one of [carol.id, alice.id])
      expect(await edit(one, id, 'mine')).toMatchObject({ status: 403, body: { code: 'COMMENT_NOT_YOURS' } });
    await block(service, bob.id, carol.id);
    expect(await edit(carol.id, id, 'mine')).toMatchObject({ status: 404, body: { code: 'COMMENT_NOT_FOUND' } });
  });

  it('is not for an account that is suspended', async () => {
    const id = await made(bob.id);
    await setAccount(service, bob.id, { accountStatus: 'SUSPENDED' });
    expect(await edit(bob.id, id, 'b')).toMatchObject({ status: 403, body: { code: 'ACCOUNT_NOT_ACTIVE' } });
  });

  it('refuses too much, nothing, and what is deleted', async () => {
    const id = await made(bob.id);
    for (const content of ['', '🐇'.repeat(281)])
      expect(await edit(bob.id, id, content)).toMatchObject({ status: 422, body: { code: 'BODY_INVALID' } });
    await remove(bob.id, id);
    expect(await edit(bob.id, id, 'b')).toMatchObject({ status: 404, body: { code: 'COMMENT_NOT_FOUND' } });
  });
});

describe('deleting a comment', () => {
  it.each([
    ['its author', bob.id],
    ['the post’s author', alice.id],
  ])('is for %s, twice is the same', async (_, who) => {
    const id = await made(bob.id);
    expect([(await remove(who, id)).status, (await remove(who, id)).status]).toEqual([204, 204]);
    expect((await get(bob.id, id)).status).toBe(404);
    expect((await service.facts()).slice(1)).toEqual([
      {
        type: 'comment.deleted',
        key: id,
        payload: {
          ...{ id, postId, postAuthorId: alice.id, parentCommentId: null, authorId: bob.id },
          deletedAt: expect.any(String),
        },
      },
    ]);
    expect(await postCounts()).toBe(0);
  });

  it('is for nobody else', async () => {
    const id = await made(bob.id);
    expect(await remove(carol.id, id)).toMatchObject({ status: 403, body: { code: 'COMMENT_NOT_YOURS' } });
    await restrict('FRIENDS');
    expect(await remove(carol.id, id)).toMatchObject({ status: 404, body: { code: 'COMMENT_NOT_FOUND' } });
    expect(await remove(carol.id, randomUUID())).toMatchObject({ status: 404, body: { code: 'COMMENT_NOT_FOUND' } });
  });

  it('is possible where its author cannot see it any more', async () => {
    const id = await made(bob.id);
    await block(service, alice.id, bob.id);
    expect((await remove(bob.id, id)).status).toBe(204);
  });

  it('keeps the thread: its place stays, without words and author, as long as something stands below it', async () => {
    const top = await made(bob.id, 'top @carol');
    const middle = await made(carol.id, 'middle', top);
    const bottom = await made(bob.id, 'bottom', middle);
    for (const id of [top, middle]) await remove(alice.id, id);
    expect((await comments(carol.id)).body.items).toMatchObject([
      { id: top, author: null, content: null, mentionedUserIds: [], replyCount: 0, deletedAt: expect.any(String) },
    ]);
    expect((await replies(carol.id, top)).body.items).toMatchObject([{ id: middle, content: null, replyCount: 1 }]);
    expect((await replies(carol.id, middle)).body.items).toMatchObject([{ id: bottom, content: 'bottom' }]);
    await remove(alice.id, bottom);
    expect(ids(await comments(carol.id))).toEqual([]);
    for (const id of [top, middle, bottom]) expect((await replies(carol.id, id)).status).toBe(404);
    expect(await miscounted()).toEqual([]);
  });

  it('and answering it at the same time end right, in either order', async () => {
    for (let round = 0; round < 15; round += 1) {
      const top = await made(bob.id);
      const middle = await made(carol.id, 'middle', top);
      const answers = await Promise.all([
        comment(alice.id, { content: 'a', parentCommentId: top }),
        remove(bob.id, top),
        remove(carol.id, middle),
        comment(alice.id, { content: 'b', parentCommentId: middle }),
        service.request('PUT', `/v1/comments/${top}/like`, { as: carol.id }),
        remove(alice.id, top),
      ]);
      expect(answers.filter(({ status }) => ![201, 204, 200, 404].includes(status))).toEqual([]);
    }
    expect(await miscounted()).toEqual([]);
    const orphans = await service.query(
      `SELECT r.id FROM comments r JOIN comments p ON p.id = r.parent_comment_id
        WHERE r.position > (SELECT version FROM outbox WHERE key = p.id::text AND type = 'comment.deleted')`,
    );
    expect(orphans).toEqual([]);
    const deletions = (await service.facts()).filter(({ type }) => type === 'comment.deleted').map(({ key }) => key);
    expect(new Set(deletions).size).toBe(deletions.length);
  });
});

describe('lists of comments', () => {
  it('have those of a post that answer no other, and those that answer one, newest first', async () => {
    const [first, second] = [await made(bob.id, 'first'), await made(carol.id, 'second')];
    const [older, newer] = [await made(alice.id, 'older', first), await made(carol.id, 'newer', first)];
    expect(ids(await comments(bob.id))).toEqual([second, first]);
    expect(ids(await replies(bob.id, first))).toEqual([newer, older]);
    expect(await replies(bob.id, second)).toMatchObject({ status: 200, body: { items: [], nextCursor: null } });
  });

  it('give each once over the pages while others comment, and only the last page is short', async () => {
    const all: string[] = [];
    for (let number = 0; number < 5; number += 1) all.unshift(await made(bob.id, `number ${number}`));
    const pages = [await comments(carol.id, '?limit=2')];
    for (let last = pages[0]; last?.body.nextCursor; last = pages.at(-1)) {
      await made(carol.id, 'meanwhile');
      pages.push(await comments(carol.id, `?limit=2&cursor=${last.body.nextCursor}`));
    }
    expect(pages.map(ids)).toEqual([all.slice(0, 2), all.slice(2, 4), all.slice(4)]);
  });

  it('leave out those across a block and those whose account is gone, and fill the page with others', async () => {
    const [byBob, byCarol, byAlice] = [await made(bob.id), await made(carol.id), await made(alice.id)];
    await block(service, carol.id, bob.id);
    expect(ids(await comments(bob.id, '?limit=2'))).toEqual([byAlice, byBob]);
    expect(ids(await comments(carol.id, '?limit=2'))).toEqual([byAlice, byCarol]);
    expect((await get(bob.id, byCarol)).status).toBe(404);
    await setAccount(service, bob.id, { accountStatus: 'SUSPENDED' });
    expect(ids(await comments(alice.id, '?limit=2'))).toEqual([byAlice, byCarol]);
  });

  it('show who likes what', async () => {
    const id = await made(bob.id);
    await service.request('PUT', `/v1/comments/${id}/like`, { as: carol.id });
    expect((await comments(carol.id)).body.items).toMatchObject([{ id, likeCount: 1, likedByMe: true }]);
    expect((await get(bob.id, id)).body).toMatchObject({ likeCount: 1, likedByMe: false });
  });

  it("refuse another list's cursor", async () => {
    const first = await made(bob.id);
    await made(bob.id);
    const { nextCursor } = (await comments(carol.id, '?limit=1')).body;
    const other = (await makePost(service, alice.id)).id;
    for (const answer of [
      await comments(carol.id, `?cursor=${nextCursor}`, other),
      await replies(carol.id, first, `?cursor=${nextCursor}`),
    ])
      expect(answer).toMatchObject({ status: 400, body: { code: 'CURSOR_INVALID' } });
  });
});

describe('liking a comment', () => {
  const like = (as: string, id: string) => service.request('PUT', `/v1/comments/${id}/like`, { as });
  const unlike = (as: string, id: string) => service.request('DELETE', `/v1/comments/${id}/like`, { as });
  const likers = (as: string, id: string) =>
    service.request<{ items: Array<{ user: { id: string } }> }>('GET', `/v1/comments/${id}/likes`, { as });

  it('makes one row and one fact, twice is the same, and takes it back', async () => {
    const id = await made(bob.id);
    await service.query('DELETE FROM outbox');
    expect(await like(carol.id, id)).toMatchObject({ status: 200, body: { commentId: id, liked: true, likeCount: 1 } });
    expect(await like(carol.id, id)).toMatchObject({ status: 200, body: { commentId: id, liked: true, likeCount: 1 } });
    expect((await likers(bob.id, id)).body.items.map(({ user }) => user.id)).toEqual([carol.id]);
    expect((await unlike(carol.id, id)).status).toBe(204);
    expect((await unlike(carol.id, id)).status).toBe(204);
    const told = { userId: carol.id, commentId: id, commentAuthorId: bob.id, postId, createdAt: expect.any(String) };
    expect(await service.facts()).toEqual([
      { type: 'comment.liked', key: `${carol.id}:${id}`, payload: told },
      { type: 'comment.unliked', key: `${carol.id}:${id}`, payload: told },
    ]);
    expect((await get(bob.id, id)).body.likeCount).toBe(0);
  });

  it('makes one like out of twenty at once', async () => {
    const id = await made(bob.id);
    const answers = await Promise.all(Array.from({ length: 20 }, () => like(carol.id, id)));
    expect(answers.map(({ status, body }) => [status, body.likeCount])).toEqual(Array(20).fill([200, 1]));
    expect((await factTypes()).filter((type) => type === 'comment.liked')).toHaveLength(1);
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['that is deleted', (id) => remove(bob.id, id)],
    ['of somebody who blocks', () => block(service, bob.id, carol.id)],
    ['on a post that cannot be seen', () => restrict('FRIENDS')],
  ])('finds no comment %s', async (_, hide) => {
    const id = await made(bob.id);
    await made(alice.id, 'a reply', id);
    await hide(id);
    for (const answer of [await like(carol.id, id), await likers(carol.id, id)])
      expect(answer).toMatchObject({ status: 404, body: { code: 'COMMENT_NOT_FOUND' } });
  });

  it('refuses the cursor of a post’s likes', async () => {
    const id = await made(bob.id);
    for (const one of [bob.id, carol.id]) await service.request('PUT', `/v1/posts/${postId}/like`, { as: one });
    const ofPost = await service.request('GET', `/v1/posts/${postId}/likes?limit=1`, { as: bob.id });
    const answer = await service.request('GET', `/v1/comments/${id}/likes?cursor=${ofPost.body.nextCursor}`, {
      as: bob.id,
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'CURSOR_INVALID' } });
  });
});
