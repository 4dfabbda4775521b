import {
  alice,
  bob,
  carol,
  commented,
  commentOf,
  deleted,
  liked,
  mentioned,
  NotificationsUnderTest,
  postOf,
  shared,
  someone,
  uncommented,
  unliked,
} from './under-test.js';

let app: NotificationsUnderTest;

beforeAll(async () => {
  app = await NotificationsUnderTest.start();
});
afterAll(() => app?.stop());

describe('likes of one post', () => {
  it('are told together, by the last who stands', async () => {
    const me = someone();
    const post = postOf(me);
    await app.tell(liked(carol.id, post), liked(bob.id, post));
    expect(await app.only(me)).toMatchObject({
      type: 'LIKE',
      title: 'Bob and 1 other liked your post',
      message: 'Bob (@bob) and 1 other liked your post.',
      senderCount: 2,
      sender: { id: bob.id, username: 'bob', displayName: 'Bob' },
      referenceId: post.id,
      actionUrl: `/v1/posts/${post.id}`,
      readAt: null,
    });
    await app.tell(unliked(bob.id, post));
    expect(await app.titles(me)).toEqual(['Carol liked your post']);
    await app.tell(unliked(carol.id, post));
    expect((await app.list(me)).items).toEqual([]);
    expect(await app.factTypes(me)).toEqual(expect.arrayContaining(['created', 'withdrawn']));
  });

  it('say how many others there are', async () => {
    const me = someone();
    const post = postOf(me);
    await app.tell(...Array.from({ length: 12 }, () => liked(someone(), post)), liked(bob.id, post));
    expect(await app.titles(me)).toEqual(['Bob and 12 others liked your post']);
    expect(await app.unreadCount(me)).toBe(1);
  });

  it('begin a new group once it was read', async () => {
    const me = someone();
    const post = postOf(me);
    await app.tell(liked(carol.id, post));
    await app.read(me, (await app.only(me)).id);
    await app.tell(liked(bob.id, post));
    expect((await app.list(me)).items.map(({ title, readAt }) => [title, readAt !== null])).toEqual([
      ['Bob liked your post', false],
      ['Carol liked your post', true],
    ]);
  });

  it('are counted exactly when many come and go', async () => {
    const me = someone();
    const post = postOf(me);
    const fans = Array.from({ length: 30 }, someone);
    await app.tell(...fans.flatMap((fan, index) => [liked(fan, post), ...(index % 3 ? [] : [unliked(fan, post)])]));
    expect(await app.only(me)).toMatchObject({ senderCount: 20 });
    expect(await app.unreadCount(me)).toBe(1);
  });
});

it('tells of each comment by itself, and of a share together with others', async () => {
  const me = someone();
  const post = postOf(me);
  await app.tell(commented(commentOf(bob.id, post)), commented(commentOf(bob.id, post)));
  await app.tell(shared(postOf(carol.id), post), shared(postOf(bob.id), post, 'So true.'));
  expect(await app.told(me)).toEqual({ COMMENT: 2, SHARE: 1 });
  expect(await app.titles(me)).toContain('Bob and 1 other shared your post');
});

it('tells somebody once of one comment, whatever it is to them', async () => {
  const me = someone();
  const post = postOf(me);
  const mine = commentOf(me, post);
  const answer = commentOf(bob.id, post);
  await app.tell(commented(mine), commented(answer, mine), mentioned(me, answer, mine));
  expect(await app.told(me)).toEqual({ REPLY: 1 });
});

describe('what is deleted', () => {
  it('takes what was told of it with it, and what comes late is not told', async () => {
    const me = someone();
    const post = postOf(me);
    const comment = commentOf(bob.id, post);
    await app.tell(liked(bob.id, post), commented(comment));
    await app.tell(deleted(post));
    expect((await app.list(me)).items).toEqual([]);
    await app.tell(liked(carol.id, post), commented(commentOf(carol.id, post)));
    expect((await app.list(me)).items).toEqual([]);
  });

  it('is left alone where it was read', async () => {
    const me = someone();
    const post = postOf(me);
    const comment = commentOf(bob.id, post);
    await app.tell(commented(comment));
    await app.readAll(me);
    await app.tell(uncommented(comment));
    expect((await app.list(me)).items).toHaveLength(1);
  });

  it('takes a share back', async () => {
    const me = someone();
    const post = postOf(me);
    const share = postOf(bob.id);
    await app.tell(shared(share, post));
    await app.tell(deleted(share, post));
    expect((await app.list(me)).items).toEqual([]);
  });
});

it('shows the name that the sender has now', async () => {
  await app.tell(liked(bob.id, postOf(alice.id)));
  expect((await app.only(alice.id)).sender).toMatchObject({ displayName: 'Bob', avatarUrl: null });
});
