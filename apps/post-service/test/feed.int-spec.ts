import { BlockCreated, BlockDeleted, fact, MuteCreated, MuteDeleted, UserUpdated } from '@plaza/contracts';
import { userState } from '@plaza/testing';
import { FeedUnderTest } from './feed-under-test.js';

const createdAt = '2026-11-25T12:00:00.000Z';

let feeds: FeedUnderTest;
let alice: string;
let bob: string;
let carol: string;
let dave: string;

beforeAll(async () => {
  feeds = await FeedUnderTest.start(4);
  [alice = '', bob = '', carol = '', dave = ''] = feeds.people;
});
afterAll(() => feeds?.stop());
beforeEach(async () => {
  await feeds.service.query('TRUNCATE posts, relations, authors, blocks, mutes, timeline_entries, timelines CASCADE');
});
afterEach(async () => {
  await feeds.settle();
  await feeds.expectExact();
});

/** Alice's account as it is from now on. */
async function updateAlice(changes: object): Promise<void> {
  const state = userState({ id: alice, username: 'person0', displayName: 'Person 0' });
  await feeds.tell(fact(UserUpdated, { ...state, ...changes }));
  await feeds.settle();
}

it('shows a post to followers and friends, and neither to others, those who asked to follow, nor to its author', async () => {
  await feeds.follow(bob, alice);
  await feeds.befriend(carol, alice);
  await feeds.requestFollow(dave, alice);
  await feeds.settle();
  const post = await feeds.post(alice);
  await feeds.settle();
  const shown = await Promise.all([bob, carol, dave, alice].map((reader) => feeds.feedOf(reader)));
  expect(shown).toEqual([[post], [post], [], []]);
});

it('shows what was posted before to who follows now, and to who was accepted', async () => {
  const [first, second] = [await feeds.post(alice), await feeds.post(alice)];
  await feeds.follow(bob, alice);
  await feeds.requestFollow(carol, alice);
  await feeds.settle();
  await feeds.acceptFollow(carol, alice);
  await feeds.settle();
  const shown = await Promise.all([bob, carol].map((reader) => feeds.feedOf(reader)));
  expect(shown).toEqual([
    [second, first],
    [second, first],
  ]);
});

it('shows a post once to a friend who follows, until neither is left', async () => {
  await feeds.follow(bob, alice);
  await feeds.befriend(alice, bob);
  const post = await feeds.post(alice);
  await feeds.settle();
  expect(await feeds.feedOf(bob)).toEqual([post]);
  await feeds.unfollow(bob, alice);
  await feeds.settle();
  expect(await feeds.feedOf(bob)).toEqual([post]);
  await feeds.unfriend(bob, alice);
  await feeds.settle();
  expect(await feeds.feedOf(bob)).toEqual([]);
});

it('shows no more of who was unfollowed, and of nobody else less', async () => {
  await feeds.follow(carol, alice);
  await feeds.follow(carol, bob);
  await feeds.settle();
  await feeds.post(alice);
  const kept = await feeds.post(bob);
  await feeds.unfollow(carol, alice);
  await feeds.settle();
  expect(await feeds.feedOf(carol)).toEqual([kept]);
});

it('shows no post that was deleted, and none that only friends or nobody may see', async () => {
  await feeds.follow(bob, alice);
  await feeds.befriend(carol, alice);
  await feeds.settle();
  const [deleted, forFriends, forNobody] = [
    await feeds.post(alice),
    await feeds.post(alice, 'FRIENDS'),
    await feeds.post(alice, 'PRIVATE'),
  ];
  await feeds.service.request('DELETE', `/v1/posts/${deleted}`, { as: alice });
  await feeds.settle();
  expect([await feeds.feedOf(bob), await feeds.feedOf(carol)]).toEqual([[], [forFriends]]);
  expect(
    await feeds.service.query('SELECT FROM timeline_entries e JOIN posts p USING (position) WHERE p.id = ANY ($1)', [
      [deleted, forNobody],
    ]),
  ).toEqual([]);
});

it('follows the edits of a post’s privacy', async () => {
  await feeds.follow(bob, alice);
  await feeds.settle();
  const post = await feeds.post(alice, 'PRIVATE');
  for (const [privacy, shown] of [
    ['PUBLIC', [post]],
    ['FRIENDS', []],
    ['PRIVATE', []],
    ['PUBLIC', [post]],
  ] as const) {
    await feeds.service.request('PATCH', `/v1/posts/${post}`, { as: alice, body: { privacy } });
    await feeds.settle();
    expect(await feeds.feedOf(bob)).toEqual(shown);
    await feeds.expectExact();
  }
});

it('hides the posts of a suspended account, and of a private one from all but accepted followers', async () => {
  await feeds.follow(bob, alice);
  await feeds.befriend(carol, alice);
  const post = await feeds.post(alice);
  await feeds.settle();
  for (const [changes, ofFollower, ofFriend] of [
    [{ privacyLevel: 'PRIVATE' }, [post], []],
    [{ privacyLevel: 'FRIENDS' }, [], [post]],
    [{ accountStatus: 'SUSPENDED' }, [], []],
    [{}, [post], [post]],
  ] as const) {
    await updateAlice(changes);
    expect([await feeds.feedOf(bob), await feeds.feedOf(carol)]).toEqual([ofFollower, ofFriend]);
    await feeds.expectExact();
  }
});

it.each([
  ['the reader', () => ({ blockerId: bob, blockedId: alice, createdAt })],
  ['the author', () => ({ blockerId: alice, blockedId: bob, createdAt })],
])('hides posts across a block by %s, as long as it lasts', async (_, pair) => {
  await feeds.follow(bob, alice);
  await feeds.follow(bob, carol);
  const [hidden, other] = [await feeds.post(alice), await feeds.post(carol)];
  await feeds.tell(fact(BlockCreated, pair()));
  await feeds.settle();
  expect(await feeds.feedOf(bob)).toEqual([other]);
  await feeds.tell(fact(BlockDeleted, pair()));
  await feeds.settle();
  expect(await feeds.feedOf(bob)).toEqual([other, hidden]);
});

it('hides the posts of those whose posts are muted, until the mute ends', async () => {
  await feeds.follow(bob, alice);
  await feeds.follow(bob, carol);
  const [muted, other] = [await feeds.post(alice), await feeds.post(carol)];
  const mute = { muterId: bob, mutedId: alice, posts: true, notifications: true, until: null, createdAt };
  for (const [told, shown] of [
    [fact(MuteCreated, mute), [other]],
    [fact(MuteCreated, { ...mute, until: '2026-01-01T00:00:00.000Z' }), [other, muted]],
    [fact(MuteCreated, { ...mute, until: '2999-01-01T00:00:00.000Z' }), [other]],
    [fact(MuteCreated, { ...mute, posts: false }), [other, muted]],
    [fact(MuteCreated, mute), [other]],
    [fact(MuteDeleted, { muterId: bob, mutedId: alice }), [other, muted]],
  ] as const) {
    await feeds.tell(told);
    await feeds.settle();
    expect(await feeds.feedOf(bob)).toEqual(shown);
  }
});

it('shows a share without words only to those who see what it shares', async () => {
  await feeds.follow(carol, bob);
  await feeds.settle();
  const original = await feeds.post(alice);
  const { body } = await feeds.service.request('POST', `/v1/posts/${original}/share`, { as: bob, body: {} });
  await feeds.settle();
  const page = await feeds.page(carol);
  expect(page.items).toMatchObject([{ id: body.id, content: null, sharedPost: { id: original } }]);
  await feeds.service.request('PATCH', `/v1/posts/${original}`, { as: alice, body: { privacy: 'PRIVATE' } });
  expect(await feeds.feedOf(carol)).toEqual([]);
  await feeds.service.request('PATCH', `/v1/posts/${original}`, { as: alice, body: { privacy: 'PUBLIC' } });
});

it('shows its posts as they are elsewhere, with their authors and what the reader did with them', async () => {
  await feeds.follow(bob, alice);
  const id = await feeds.post(alice);
  await feeds.settle();
  await feeds.service.request('PUT', `/v1/posts/${id}/like`, { as: bob });
  const { items } = await feeds.page(bob);
  const { body } = await feeds.service.request('GET', `/v1/posts/${id}`, { as: bob });
  expect(items).toEqual([body]);
  expect(items).toMatchObject([{ author: { id: alice, username: 'person0' }, likeCount: 1, likedByMe: true }]);
});
