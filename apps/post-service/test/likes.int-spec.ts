import { randomUUID } from 'node:crypto';
import { fact, UserCreated } from '@plaza/contracts';
import { userState } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
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

interface Liked {
  postId: string;
  liked: boolean;
  likeCount: number;
}
interface Likers {
  items: Array<{ user: { id: string; username: string | null }; likedAt: string }>;
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

const like = (as: string, id = postId) => service.request<Liked>('PUT', `/v1/posts/${id}/like`, { as });
const unlike = (as: string, id = postId) => service.request('DELETE', `/v1/posts/${id}/like`, { as });
const likers = (as: string, query = '', id = postId) =>
  service.request<Likers>('GET', `/v1/posts/${id}/likes${query}`, { as });
const factTypes = async () => (await service.facts()).map(({ type }) => type);

/** The count that is kept, and the rows. */
async function counted(id = postId): Promise<[kept: number, rows: number]> {
  const [row] = await service.query<{ kept: number; rows: number }>(
    `SELECT like_count AS kept, (SELECT count(*)::integer FROM post_likes WHERE post_id = id) AS rows FROM posts WHERE id = $1`,
    [id],
  );
  return [row?.kept ?? -1, row?.rows ?? -1];
}

describe('liking a post', () => {
  it('makes one row and one fact that names the author, with the version that the row carries', async () => {
    expect(await like(bob.id)).toMatchObject({ status: 200, body: { postId, liked: true, likeCount: 1 } });
    const [told] = await service.query<{ type: string; key: string; version: string; payload: object }>(
      'SELECT type, key, version, payload FROM outbox',
    );
    const [row] = await service.query<{ position: string; created_at: Date }>('SELECT * FROM post_likes');
    expect(told).toEqual({
      type: 'post.liked',
      key: `${bob.id}:${postId}`,
      version: row?.position,
      payload: { userId: bob.id, postId, postAuthorId: alice.id, createdAt: row?.created_at.toISOString() },
    });
    expect(await counted()).toEqual([1, 1]);
  });

  it('changes nothing the second time and answers alike', async () => {
    const [first, second] = [await like(bob.id), await like(bob.id)];
    expect({ status: second.status, body: second.body }).toEqual({ status: first.status, body: first.body });
    expect(await factTypes()).toEqual(['post.liked']);
    expect(await counted()).toEqual([1, 1]);
  });

  it('makes one like out of twenty at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => like(bob.id)));
    expect(answers.map(({ status, body }) => [status, body.likeCount])).toEqual(Array(20).fill([200, 1]));
    expect(await factTypes()).toEqual(['post.liked']);
    expect(await counted()).toEqual([1, 1]);
  });

  it('counts every one of fifty who like it at once', async () => {
    const fans = Array.from({ length: 50 }, () => randomUUID());
    const answers = await Promise.all(fans.map((fan) => like(fan)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(await counted()).toEqual([50, 50]);
    expect(await factTypes()).toEqual(Array(50).fill('post.liked'));
  });

  it('ends right in a storm of likes, taken back and given again', async () => {
    const people = [alice.id, bob.id, carol.id];
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(people.flatMap((one) => [like(one), unlike(one), like(one), unlike(one)]));
      expect(answers.filter(({ status }) => status >= 400)).toEqual([]);
    }
    const [kept, rows] = await counted();
    expect(kept).toBe(rows);
    await Promise.all(people.map((one) => like(one)));
    expect(await counted()).toEqual([3, 3]);
  });

  it('tells of each change once, in turns, whatever the storm', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => (index % 2 ? unlike(bob.id) : like(bob.id))));
    await unlike(bob.id);
    const types = await factTypes();
    expect(types).toEqual(types.map((_, index) => (index % 2 ? 'post.unliked' : 'post.liked')));
    expect(types.length % 2).toBe(0);
    expect(await counted()).toEqual([0, 0]);
  });

  it('takes an id in capitals for the same id', async () => {
    await like(bob.id, postId.toUpperCase());
    expect(await service.facts()).toMatchObject([{ key: `${bob.id}:${postId}`, payload: { postId } }]);
  });

  it('may be of one’s own post', async () => {
    expect((await like(alice.id)).status).toBe(200);
  });

  it('shows in the post', async () => {
    await like(bob.id);
    const seen = async (as: string) => (await service.request('GET', `/v1/posts/${postId}`, { as })).body;
    expect(await seen(bob.id)).toMatchObject({ likeCount: 1, likedByMe: true });
    expect(await seen(carol.id)).toMatchObject({ likeCount: 1, likedByMe: false });
  });

  it('waits for an author who has only just registered', async () => {
    const dora = { id: randomUUID(), username: 'dora', displayName: 'Dora' };
    const post = await makePost(service, dora.id);
    const answer = like(bob.id, post.id);
    await service.publish(fact(UserCreated, userState(dora)), { version: 1 });
    expect((await answer).status).toBe(200);
  });
});

describe('a post that cannot be seen', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['one for friends', () => restrict('FRIENDS')],
    ['a private one', () => restrict('PRIVATE')],
    ['one of somebody who blocks', () => block(service, alice.id, bob.id)],
    ['one of somebody who is blocked', () => block(service, bob.id, alice.id)],
    ['one of a private account', () => setAccount(service, alice.id, { privacyLevel: 'PRIVATE' })],
    ['one of a suspended account', () => setAccount(service, alice.id, { accountStatus: 'SUSPENDED' })],
    ['a deleted one', () => service.request('DELETE', `/v1/posts/${postId}`, { as: alice.id })],
    ['one that never was', async () => (postId = randomUUID())],
  ])('is not liked, and its likers are not listed: %s', async (_, hide) => {
    await hide();
    const before = await factTypes();
    expect(await like(bob.id)).toMatchObject({ status: 404, body: { code: 'POST_NOT_FOUND' } });
    expect(await likers(bob.id)).toMatchObject({ status: 404, body: { code: 'POST_NOT_FOUND' } });
    expect(await factTypes()).toEqual(before);
    expect(await service.query('SELECT 1 FROM post_likes')).toEqual([]);
  });

  it('is liked by those who do see it', async () => {
    await restrict('FRIENDS');
    await relate(service, bob.id, alice.id, { friends: true });
    expect((await like(bob.id)).status).toBe(200);
  });

  it('gives a like back', async () => {
    await like(bob.id);
    await restrict('PRIVATE');
    expect((await unlike(bob.id)).status).toBe(204);
    expect(await factTypes()).toEqual(['post.liked', 'post.unliked']);
  });

  const restrict = (privacy: string) => service.query('UPDATE posts SET privacy = $1 WHERE id = $2', [privacy, postId]);
});

it.each(['SUSPENDED', 'DEACTIVATED'] as const)('is not for an account that is %s', async (accountStatus) => {
  await setAccount(service, bob.id, { accountStatus });
  expect(await like(bob.id)).toMatchObject({ status: 403, body: { code: 'ACCOUNT_NOT_ACTIVE' } });
  expect(await factTypes()).toEqual([]);
});

it('refuses what is no id', async () => {
  expect(await like(bob.id, 'not-an-id')).toMatchObject({ status: 400, body: { code: 'PATH_INVALID' } });
});

describe('taking a like back', () => {
  it('removes the row and tells what was liked and since when', async () => {
    await like(bob.id);
    expect((await unlike(bob.id)).status).toBe(204);
    const [liked, unliked] = await service.facts();
    expect(unliked).toEqual({ ...liked, type: 'post.unliked' });
    expect(await counted()).toEqual([0, 0]);
  });

  it('changes nothing where there is no like, nor post', async () => {
    expect((await unlike(bob.id)).status).toBe(204);
    expect((await unlike(bob.id, randomUUID())).status).toBe(204);
    expect(await factTypes()).toEqual([]);
  });
});

describe('the list of those who like a post', () => {
  it('is newest first, each once over all pages', async () => {
    const fans = Array.from({ length: 5 }, () => randomUUID());
    for (const fan of fans) await like(fan);
    const first = (await likers(carol.id, '?limit=2')).body;
    await like(carol.id);
    const second = (await likers(carol.id, `?limit=2&cursor=${first.nextCursor}`)).body;
    const third = (await likers(carol.id, `?limit=2&cursor=${second.nextCursor}`)).body;
    const listed = [first, second, third].flatMap(({ items }) => items.map(({ user }) => user.id));
    expect(listed).toEqual(fans.reverse());
    expect(third.nextCursor).toBeNull();
  });

  it('shows who they are and since when', async () => {
    await like(bob.id);
    const { username, displayName } = bob;
    expect((await likers(carol.id)).body.items).toEqual([
      { user: { id: bob.id, username, displayName, avatarUrl: null, verified: false }, likedAt: expect.any(String) },
    ]);
  });

  it('leaves out who is blocked either way or gone, and fills the page with others', async () => {
    for (const one of [bob.id, alice.id, carol.id]) await like(one);
    const seenBy = async (as: string) => (await likers(as)).body.items.map(({ user }) => user.id);
    await block(service, bob.id, carol.id);
    expect(await seenBy(carol.id)).toEqual([carol.id, alice.id]);
    expect(await seenBy(bob.id)).toEqual([alice.id, bob.id]);
    await setAccount(service, carol.id, { accountStatus: 'SUSPENDED' });
    expect((await likers(alice.id, '?limit=2')).body.items.map(({ user }) => user.id)).toEqual([alice.id, bob.id]);
  });

  it('is empty where nobody does', async () => {
    expect(await likers(bob.id)).toMatchObject({ status: 200, body: { items: [], nextCursor: null } });
  });

  it("refuses another list's cursor", async () => {
    for (const one of [bob.id, carol.id]) await like(one);
    const other = await makePost(service, alice.id);
    const { nextCursor } = (await likers(bob.id, '?limit=1')).body;
    expect(await likers(bob.id, `?cursor=${nextCursor}`, other.id)).toMatchObject({
      status: 400,
      body: { code: 'CURSOR_INVALID' },
    });
  });
});
