import {
  blocked,
  bob,
  carol,
  commented,
  commentOf,
  deleted,
  followed,
  liked,
  muted,
  NotificationsUnderTest,
  postOf,
  someone,
  unliked,
} from './under-test.js';

let app: NotificationsUnderTest;

beforeAll(async () => {
  app = await NotificationsUnderTest.start();
});
afterAll(() => app?.stop());

it('shows open clients a notification as the list does, with how many are unread', async () => {
  const me = someone();
  await app.tell(followed(carol.id, me));
  await app.tell(liked(bob.id, postOf(me)));
  const [, frame] = await app.frames(me);
  const [listed] = (await app.list(me)).items;
  expect(frame).toEqual({
    type: 'notification.created',
    time: expect.any(String),
    data: { ...listed, unreadCount: 2 },
  });
  expect(frame?.data).toMatchObject({ title: 'Bob liked your post', sender: { username: 'bob' } });
});

it('is for all clients of the recipient, those included that are away for a moment', async () => {
  const me = someone();
  await app.tell(followed(bob.id, me));
  const published = (await app.service.facts()).filter(({ key, type }) => key === me && type === 'frame.published');
  expect(published.map(({ payload }) => payload)).toMatchObject([
    { audience: 'USER', audienceId: me, exceptUserId: null, momentary: false, joined: [], left: [] },
  ]);
});

it('tells of a group that grows and shrinks as one notification, and of its end', async () => {
  const me = someone();
  const post = postOf(me);
  await app.tell(liked(carol.id, post));
  await app.tell(liked(bob.id, post));
  await app.tell(unliked(bob.id, post));
  await app.tell(unliked(carol.id, post));
  expect(await app.frameTypes(me)).toEqual(['created 1', 'updated 1', 'updated 1', 'withdrawn 0']);
  const [created, grown, shrunk, withdrawn] = (await app.frames(me)).map(({ data }) => data);
  expect(grown).toMatchObject({ id: created?.id, senderCount: 2, title: 'Bob and 1 other liked your post' });
  expect(shrunk).toMatchObject({ id: created?.id, senderCount: 1, title: 'Carol liked your post' });
  expect(withdrawn).toEqual({
    notificationIds: [created?.id],
    withdrawnAt: expect.any(String),
    unreadCount: 0,
  });
});

it('tells of what is read, by one or until one or all together, once', async () => {
  const me = someone();
  for (let n = 0; n < 4; n += 1) await app.tell(liked(bob.id, postOf(me)));
  const ids = (await app.list(me)).items.map(({ id }) => id);
  const [newest = '', , third = '', oldest = ''] = ids;
  await app.read(me, oldest);
  await app.read(me, oldest);
  await app.readAll(me, third);
  await app.readAll(me);
  await app.readAll(me);
  const read = (await app.frames(me)).slice(4);
  expect(read.map(({ type, data }) => [type, data.notificationIds, data.unreadCount])).toEqual([
    ['notification.read', [oldest], 3],
    ['notification.read', [third], 2],
    ['notification.read', [ids[1], newest], 0],
  ]);
  expect(read[0]?.data.readAt).toEqual((await app.list(me)).items.at(-1)?.readAt);
});

it('says that many were read, and names them no longer', async () => {
  const me = someone();
  await app.tell(...Array.from({ length: 101 }, () => followed(someone(), me)));
  await app.readAll(me);
  expect((await app.frames(me)).at(-1)).toMatchObject({
    type: 'notification.read',
    data: { notificationIds: null, unreadCount: 0 },
  });
});

it('tells of what goes with a deleted post, together', async () => {
  const me = someone();
  const post = postOf(me);
  await app.tell(followed(bob.id, me), liked(bob.id, post), commented(commentOf(carol.id, post)));
  await app.tell(deleted(post));
  const last = (await app.frames(me)).at(-1);
  expect(last).toMatchObject({ type: 'notification.withdrawn', data: { unreadCount: 1 } });
  expect(last?.data.notificationIds).toHaveLength(2);
});

it('tells of what a block takes back, read or not, and of the group that is left', async () => {
  const me = someone();
  const post = postOf(me);
  await app.tell(followed(bob.id, me));
  await app.readAll(me);
  await app.tell(liked(carol.id, post), liked(bob.id, post));
  const before = (await app.frames(me)).length;
  await app.tell(blocked(me, bob.id));
  const after = (await app.frames(me)).slice(before);
  expect(after.map(({ type }) => type)).toEqual(['notification.withdrawn', 'notification.updated']);
  expect(after[1]?.data).toMatchObject({ title: 'Carol liked your post', unreadCount: 1 });
});

it('says nothing where nothing changes', async () => {
  const me = someone();
  const post = postOf(me);
  await app.tell(muted(me, bob.id), unliked(carol.id, post));
  await app.tell(liked(bob.id, post), liked(me, post), followed(me, me));
  const again = { version: app.next(), id: someone() };
  await app.service.publish(liked(carol.id, post), again);
  await app.service.publish(liked(carol.id, post), again);
  await app.service.settle();
  await app.readAll(me, '2026-01-01T00:00:00.000Z');
  expect(await app.frameTypes(me)).toEqual(['created 1']);
});

it('counts right in every frame while notifications arrive and are read at once', async () => {
  const me = someone();
  for (let round = 0; round < 3; round += 1) {
    const arriving = app.publish(...Array.from({ length: 10 }, () => liked(someone(), postOf(me))));
    await Promise.all([arriving, app.readAll(me), app.readAll(me)]);
  }
  await app.service.settle();
  const unread = new Set<unknown>();
  const frames = await app.frames(me);
  for (const [index, { type, data }] of frames.entries()) {
    if (type === 'notification.created') unread.add(data.id);
    else for (const id of data.notificationIds as string[]) unread.delete(id);
    // Those of one transaction all say how many there are at its end.
    if (frames[index + 1]?.time !== frames[index]?.time) expect(data.unreadCount).toBe(unread.size);
  }
  expect(unread.size).toBe(await app.unreadCount(me));
});
