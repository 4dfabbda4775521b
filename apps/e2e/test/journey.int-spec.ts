import { Actor, settle, testServers } from '@plaza/testing';
import { type Platform, startPlatform, type Topology } from '../src/platform.js';

const TOPOLOGIES: Topology[] = ['all-in-one', 'services'];

interface Listed {
  items: Array<{ user: { id: string; username: string; displayName: string; avatarUrl: string | null } }>;
  nextCursor: string | null;
}

describe.each(TOPOLOGIES)('two people meet (%s)', (topology) => {
  let platform: Platform;
  let alice: Actor;
  let bob: Actor;

  beforeAll(async () => {
    platform = await startPlatform(topology, testServers());
  }, 90_000);
  afterAll(() => platform?.stop());

  const settled = () => settle({ prefix: platform.prefix, databases: Object.values(platform.databases) });
  const namesIn = (list: Listed) => list.items.map(({ user }) => user.displayName);

  it('lets the second follow the first at once after registering', async () => {
    alice = await Actor.register(platform.client, person('alice', 'Alice'));
    bob = await Actor.register(platform.client, person('bob', 'Bob'));
    const followed = await bob.put(`/v1/follows/${alice.id}`);
    expect(followed).toMatchObject({ status: 200, body: { userId: alice.id, status: 'ACTIVE' } });
  });

  it('shows each to the other with name and avatar', async () => {
    await alice.patch('/v1/users/me', { avatarUrl: 'https://cdn.example.org/alice.png' });
    await settled();
    const followers = await alice.get<Listed>(`/v1/social/${alice.id}/followers`);
    const following = await bob.get<Listed>(`/v1/social/${bob.id}/following`);
    expect(followers.body.items).toMatchObject([
      { user: { id: bob.id, username: 'bob', displayName: 'Bob', avatarUrl: null } },
    ]);
    expect(following.body.items).toMatchObject([
      { user: { id: alice.id, displayName: 'Alice', avatarUrl: 'https://cdn.example.org/alice.png' } },
    ]);
  });

  it('counts right', async () => {
    const [ofAlice, ofBob] = await Promise.all([alice, bob].map(({ id }) => alice.get(`/v1/social/${id}/stats`)));
    expect(ofAlice?.body).toMatchObject({ followersCount: 1, followingCount: 0 });
    expect(ofBob?.body).toMatchObject({ followersCount: 0, followingCount: 1 });
  });

  it("shows a changed display name in social-service's lists", async () => {
    expect((await bob.patch('/v1/users/me', { displayName: 'Robert' })).status).toBe(200);
    await settled();
    expect(namesIn((await alice.get<Listed>(`/v1/social/${alice.id}/followers`)).body)).toEqual(['Robert']);
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
    const { body } = await platform.client.request<{ paths: object }>('GET', '/openapi.json');
    expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/v1/auth/register', '/v1/follows/{userId}']));
  });
});

function person(username: string, displayName: string) {
  return { username, displayName, email: `${username}@example.org`, password: `${username} has a long password` };
}
