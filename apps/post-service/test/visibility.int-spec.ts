import { randomUUID } from 'node:crypto';
import { fact, type PrivacyLevel, UserUpdated } from '@plaza/contracts';
import { userState } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { PostView } from '../src/posts/post.view.js';
import { alice, block, bob, carol, makePost, postUnderTest, relate, setAccount } from './post-under-test.js';

/** Alice's posts as these see them. */
const VIEWERS = {
  stranger: bob.id,
  'pending follower': randomUUID(),
  follower: randomUUID(),
  friend: randomUUID(),
  'friend and follower': randomUUID(),
  'blocked by the author': randomUUID(),
  'blocking the author': randomUUID(),
  author: alice.id,
};
type Viewer = keyof typeof VIEWERS;
type Seen = PrivacyLevel[];

const ALL: Seen = ['PUBLIC', 'FRIENDS', 'PRIVATE'];
const MATRIX: Array<[account: PrivacyLevel, viewer: Viewer, seen: Seen, listStatus: number]> = [
  ['PUBLIC', 'stranger', ['PUBLIC'], 200],
  ['PUBLIC', 'pending follower', ['PUBLIC'], 200],
  ['PUBLIC', 'follower', ['PUBLIC'], 200],
  ['PUBLIC', 'friend', ['PUBLIC', 'FRIENDS'], 200],
  ['PUBLIC', 'friend and follower', ['PUBLIC', 'FRIENDS'], 200],
  ['PUBLIC', 'blocked by the author', [], 404],
  ['PUBLIC', 'blocking the author', [], 404],
  ['PUBLIC', 'author', ALL, 200],
  ['FRIENDS', 'stranger', [], 403],
  ['FRIENDS', 'pending follower', [], 403],
  ['FRIENDS', 'follower', [], 403],
  ['FRIENDS', 'friend', ['PUBLIC', 'FRIENDS'], 200],
  ['FRIENDS', 'friend and follower', ['PUBLIC', 'FRIENDS'], 200],
  ['FRIENDS', 'blocked by the author', [], 404],
  ['FRIENDS', 'blocking the author', [], 404],
  ['FRIENDS', 'author', ALL, 200],
  ['PRIVATE', 'stranger', [], 403],
  ['PRIVATE', 'pending follower', [], 403],
  ['PRIVATE', 'follower', ['PUBLIC'], 200],
  ['PRIVATE', 'friend', [], 403],
  ['PRIVATE', 'friend and follower', ['PUBLIC', 'FRIENDS'], 200],
  ['PRIVATE', 'blocked by the author', [], 404],
  ['PRIVATE', 'blocking the author', [], 404],
  ['PRIVATE', 'author', ALL, 200],
];

let service: ServiceUnderTest;
const posts = new Map<PrivacyLevel, PostView>();

beforeAll(async () => {
  service = await postUnderTest();
  for (const privacy of ALL)
    posts.set(privacy, await makePost(service, alice.id, { content: `A secret for #${privacy} and #all`, privacy }));
  await relate(service, VIEWERS['pending follower'], alice.id, { follow: 'PENDING' });
  await relate(service, VIEWERS.follower, alice.id, { follow: 'ACTIVE' });
  await relate(service, VIEWERS.friend, alice.id, { friends: true });
  await relate(service, VIEWERS['friend and follower'], alice.id, { follow: 'ACTIVE', friends: true });
  // Whoever is blocked sees nothing, not even as a friend and follower.
  for (const viewer of ['blocked by the author', 'blocking the author'] as const)
    await relate(service, VIEWERS[viewer], alice.id, { follow: 'ACTIVE', friends: true });
  await block(service, alice.id, VIEWERS['blocked by the author']);
  await block(service, VIEWERS['blocking the author'], alice.id);
  await service.query(
    'INSERT INTO bookmarks (user_id, post_id) SELECT viewer, id FROM unnest($1::uuid[]) AS viewer, posts',
    [Object.values(VIEWERS)],
  );
});
afterAll(() => service?.stop());
beforeEach(() => setAccount(service, alice.id, { privacyLevel: 'PUBLIC', accountStatus: 'ACTIVE' }));

async function listed(path: string, as: string): Promise<Seen> {
  const { body } = await service.request<{ items?: PostView[] }>('GET', path, { as });
  return (body.items ?? []).map(({ privacy }) => privacy).reverse();
}

async function byId(as: string, path = ''): Promise<Seen> {
  const answers = await Promise.all(
    [...posts].map(async ([privacy, { id }]) => ({
      privacy,
      status: (await service.request('GET', `/v1/posts/${id}${path}`, { as })).status,
    })),
  );
  return answers.filter(({ status }) => status === 200).map(({ privacy }) => privacy);
}

/** Which of Alice's posts a viewer sees in each place where they could be. */
const everywhere = async (as: string) => ({
  byId: await byId(as),
  edits: await byId(as, '/edits'),
  ofAuthor: await listed(`/v1/posts?authorId=${alice.id}`, as),
  ofHashtag: await listed('/v1/hashtags/all/posts', as),
  found: await listed('/v1/posts/search?q=secret', as),
  bookmarks: await listed('/v1/posts/bookmarks', as),
  publicFeed: await listed('/v1/feed/public', as),
});

const seenAs = (seen: Seen, inPublicFeed: boolean) => ({
  ...{ byId: seen, edits: seen, ofAuthor: seen, ofHashtag: seen, found: seen, bookmarks: seen },
  publicFeed: inPublicFeed ? seen.filter((privacy) => privacy === 'PUBLIC') : [],
});

it.each(MATRIX)('%s account, %s: sees the posts %j, and is answered %d for their list', async (...row) => {
  const [privacyLevel, viewer, seen, listStatus] = row;
  await setAccount(service, alice.id, { privacyLevel });
  const as = VIEWERS[viewer];
  expect(await everywhere(as)).toEqual(seenAs(seen, privacyLevel === 'PUBLIC'));
  const list = await service.request('GET', `/v1/posts?authorId=${alice.id}`, { as });
  const codes: Record<number, string | undefined> = { 403: 'POSTS_HIDDEN', 404: 'USER_NOT_FOUND' };
  expect([list.status, list.body.code]).toEqual([listStatus, codes[listStatus]]);
});

it.each(['SUSPENDED', 'DEACTIVATED', 'DELETED'] as const)(
  'hides the posts of a %s account from all but its owner',
  async (accountStatus) => {
    await setAccount(service, alice.id, { accountStatus });
    for (const viewer of ['stranger', 'friend and follower'] as const)
      expect(await everywhere(VIEWERS[viewer])).toEqual(seenAs([], false));
    expect(await byId(alice.id)).toEqual(ALL);
    const list = await service.request('GET', `/v1/posts?authorId=${alice.id}`, { as: bob.id });
    expect([list.status, list.body.code]).toEqual([404, 'USER_NOT_FOUND']);
  },
);

it('hides the posts of an account that turns private everywhere, but from those it has accepted, and shows them again', async () => {
  const turn = async (privacyLevel: PrivacyLevel, version: number) => {
    await service.publish(fact(UserUpdated, { ...userState(alice), privacyLevel }), { version });
    await service.settle();
  };
  await turn('PRIVATE', 2);
  expect(await everywhere(VIEWERS.stranger)).toEqual(seenAs([], false));
  expect(await everywhere(VIEWERS.follower)).toEqual(seenAs(['PUBLIC'], false));
  await turn('PUBLIC', 3);
  expect(await everywhere(VIEWERS.stranger)).toEqual(seenAs(['PUBLIC'], true));
});

it('shows a share to whoever sees what it shares, and a quote to everyone, without what it quotes', async () => {
  const { id } = posts.get('PUBLIC') ?? { id: '' };
  const share = (body: object) => service.request<PostView>('POST', `/v1/posts/${id}/share`, { as: carol.id, body });
  const [shared, quoted] = [(await share({})).body, (await share({ content: 'Hear, hear' })).body];
  const seen = async (as: string) => {
    const { body } = await service.request<{ items: PostView[] }>('GET', `/v1/posts?authorId=${carol.id}`, { as });
    return body.items.map((post) => [post.id, post.sharedPost?.id]);
  };
  expect(await seen(bob.id)).toEqual([
    [quoted.id, id],
    [shared.id, id],
  ]);
  expect(await seen(VIEWERS['blocked by the author'])).toEqual([[quoted.id, undefined]]);
  await setAccount(service, alice.id, { privacyLevel: 'PRIVATE' });
  expect(await seen(bob.id)).toEqual([[quoted.id, undefined]]);
  expect(await seen(VIEWERS.follower)).toHaveLength(2);
  // By its id the share is still there, empty.
  const { body } = await service.request<PostView>('GET', `/v1/posts/${shared.id}`, { as: bob.id });
  expect(body).toMatchObject({ id: shared.id, sharedPostId: id, sharedPost: null });
});
