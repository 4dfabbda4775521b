import { Actor, eventually, settle, testServers } from '@plaza/testing';
import { type Platform, startPlatform, type Topology } from '../src/platform.js';
import { Talker } from '../src/talker.js';

const TOPOLOGIES: Topology[] = ['all-in-one', 'services'];

const ALICES_PICTURE = 'https://cdn.example.org/alice.png';
const BOBS_PICTURE = 'https://cdn.example.org/bob.png';

interface Person {
  id: string;
  username: string;
  displayName: string;
  avatarUrl: string | null;
}
interface List<T> {
  items: T[];
  nextCursor: string | null;
}
interface Merged {
  paths: object;
  'x-plaza-missing': string[];
}
type Listed = List<{ user: Person }>;
type Posts = List<{ id: string; author: Person; content: string; likeCount: number; likedByMe: boolean }>;
type Comments = List<{ id: string; author: Person; content: string }>;
type Notifications = List<{ type: string; sender: Person; referenceId: string; readAt: string | null }>;

describe.each(TOPOLOGIES)('two people meet (%s)', (topology) => {
  let platform: Platform;
  let alice: Actor;
  let bob: Actor;
  let post: string;
  let comment: string;
  let open: Talker;

  beforeAll(async () => {
    platform = await startPlatform(topology, testServers());
  }, 180_000);
  afterAll(async () => {
    await open?.close();
    await platform?.stop();
  });

  const settled = () => settle({ prefix: platform.prefix, databases: Object.values(platform.databases) });
  const namesIn = (people: Person[]) => people.map(({ displayName }) => displayName);
  const homeFeed = async () => (await bob.get<Posts>('/v1/feed')).body.items;
  const notifications = async (query = '') => (await alice.get<Notifications>(`/v1/notifications${query}`)).body.items;
  const unreadCount = async () => (await alice.get<{ count: number }>('/v1/notifications/unread-count')).body.count;

  it('lets the second follow the first at once after registering', async () => {
    alice = await Actor.register(platform.client, person('alice', 'Alice'));
    bob = await Actor.register(platform.client, person('bob', 'Bob'));
    const followed = await bob.put(`/v1/follows/${alice.id}`);
    expect(followed).toMatchObject({ status: 200, body: { userId: alice.id, status: 'ACTIVE' } });
  });

  it('shows each to the other with name and avatar', async () => {
    await alice.patch('/v1/users/me', { avatarUrl: ALICES_PICTURE });
    await bob.patch('/v1/users/me', { avatarUrl: BOBS_PICTURE });
    await settled();
    const followers = await alice.get<Listed>(`/v1/social/${alice.id}/followers`);
    const following = await bob.get<Listed>(`/v1/social/${bob.id}/following`);
    expect(followers.body.items).toMatchObject([
      { user: { id: bob.id, username: 'bob', displayName: 'Bob', avatarUrl: BOBS_PICTURE } },
    ]);
    expect(following.body.items).toMatchObject([
      { user: { id: alice.id, displayName: 'Alice', avatarUrl: ALICES_PICTURE } },
    ]);
  });

  it('counts right', async () => {
    const [ofAlice, ofBob] = await Promise.all([alice, bob].map(({ id }) => alice.get(`/v1/social/${id}/stats`)));
    expect(ofAlice?.body).toMatchObject({ followersCount: 1, followingCount: 0 });
    expect(ofBob?.body).toMatchObject({ followersCount: 0, followingCount: 1 });
  });

  it("brings the first's post into the second's home feed", async () => {
    const made = await alice.post<{ id: string }>('/v1/posts', { content: 'Hello from #plaza' });
    expect(made).toMatchObject({ status: 201, body: { content: 'Hello from #plaza', hashtags: ['plaza'] } });
    post = made.body.id;
    await settled();
    expect(await homeFeed()).toMatchObject([
      { id: post, content: 'Hello from #plaza', author: { displayName: 'Alice', avatarUrl: ALICES_PICTURE } },
    ]);
    const { body } = await alice.get(`/v1/social/${alice.id}/stats`);
    expect(body).toMatchObject({ postsCount: 1 });
  });

  it('lets the first open a socket, and the second like the post and comment on it', async () => {
    open = await Talker.open(alice);
    expect(await bob.put(`/v1/posts/${post}/like`)).toMatchObject({ status: 200, body: { liked: true, likeCount: 1 } });
    const made = await bob.post<{ id: string }>(`/v1/posts/${post}/comments`, { content: 'Hello Alice' });
    expect(made).toMatchObject({ status: 201, body: { content: 'Hello Alice', author: { id: bob.id } } });
    comment = made.body.id;
    expect(await homeFeed()).toMatchObject([{ id: post, likeCount: 1, commentCount: 1, likedByMe: true }]);
    expect((await alice.get(`/v1/posts/${post}`)).body).toMatchObject({ likeCount: 1, likedByMe: false });
  });

  it('shows the first the like on the open socket, as the list does', async () => {
    const told = await open.next('notification.created', ({ type }) => type === 'LIKE');
    const sender = { id: bob.id, username: 'bob', displayName: 'Bob', avatarUrl: BOBS_PICTURE };
    expect(told.data).toMatchObject({ title: 'Bob liked your post', sender, referenceId: post, readAt: null });
    const listed = (await notifications('?type=LIKE'))[0];
    expect(told.data).toEqual({ ...listed, unreadCount: expect.any(Number) });
  });

  it('tells the first of the follow, the like and the comment, with name and avatar', async () => {
    await settled();
    const sender = { id: bob.id, username: 'bob', displayName: 'Bob', avatarUrl: BOBS_PICTURE };
    const told = await notifications();
    expect(told.toSorted((a, b) => a.type.localeCompare(b.type))).toMatchObject([
      { type: 'COMMENT', sender, readAt: null },
      { type: 'FOLLOW', sender, readAt: null },
      { type: 'LIKE', sender, referenceId: post, readAt: null },
    ]);
    expect(await unreadCount()).toBe(3);
    expect((await bob.get<Notifications>('/v1/notifications')).body.items).toEqual([]);
  });

  it("shows the second's new display name in every service", async () => {
    expect((await bob.patch('/v1/users/me', { displayName: 'Robert' })).status).toBe(200);
    await settled();
    const followers = await alice.get<Listed>(`/v1/social/${alice.id}/followers`);
    const comments = await alice.get<Comments>(`/v1/posts/${post}/comments`);
    const shown = [
      ...followers.body.items.map(({ user }) => user),
      ...comments.body.items.map(({ author }) => author),
      ...(await notifications()).map(({ sender }) => sender),
    ];
    expect(namesIn(shown)).toEqual(Array(5).fill('Robert'));
    expect((await alice.get<Person>(`/v1/users/${bob.id}`)).body.displayName).toBe('Robert');
  });

  it('withdraws the unread notification of a like that is taken back', async () => {
    expect((await bob.delete(`/v1/posts/${post}/like`)).status).toBe(204);
    await settled();
    expect((await notifications('?unread=true')).map(({ type }) => type).sort()).toEqual(['COMMENT', 'FOLLOW']);
    expect(await unreadCount()).toBe(2);
    expect((await alice.get(`/v1/posts/${post}`)).body).toMatchObject({ likeCount: 0, commentCount: 1 });
  });

  it("has a post that is deleted gone from the other's feed, and from everywhere else", async () => {
    expect((await alice.delete(`/v1/posts/${post}`)).status).toBe(204);
    await settled();
    expect(await homeFeed()).toEqual([]);
    for (const path of [`/v1/posts/${post}`, `/v1/posts/${post}/comments`, `/v1/comments/${comment}`])
      expect((await bob.get(path)).status).toBe(404);
    expect((await alice.get(`/v1/social/${alice.id}/stats`)).body).toMatchObject({ postsCount: 0 });
    expect((await notifications()).map(({ type }) => type)).toEqual(['FOLLOW']);
    expect(await unreadCount()).toBe(1);
  });

  it('ends a session everywhere when its owner logs out', async () => {
    const phone = await bob.logIn();
    expect((await phone.get('/v1/users/me')).status).toBe(200);
    expect((await phone.post('/v1/auth/logout')).status).toBe(204);
    await settled();
    expect(await phone.get('/v1/users/me')).toMatchObject({ status: 401, body: { code: 'SESSION_REVOKED' } });
    expect((await phone.get(`/v1/social/${bob.id}/stats`)).status).toBe(401);
    const refreshed = await platform.client.request('POST', '/v1/auth/refresh', {
      body: { refreshToken: phone.session.refreshToken },
    });
    expect(refreshed.status).toBe(401);
    expect((await bob.get('/v1/users/me')).status).toBe(200);
  });

  it('describes every service in one document', async () => {
    // A service that is too busy to answer is left out for some seconds.
    const paths = await eventually(
      async () => {
        const { body } = await platform.client.request<Merged>('GET', '/openapi.json');
        expect(body['x-plaza-missing']).toEqual([]);
        return Object.keys(body.paths);
      },
      { withinMs: 30_000 },
    );
    expect(paths).toEqual(
      expect.arrayContaining(['/v1/auth/register', '/v1/follows/{userId}', '/v1/feed', '/v1/notifications']),
    );
  });
});

function person(username: string, displayName: string) {
  return { username, displayName, email: `${username}@example.org`, password: `${username} has a long password` };
}
