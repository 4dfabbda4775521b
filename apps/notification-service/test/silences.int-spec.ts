import {
  blocked,
  bob,
  carol,
  followed,
  liked,
  muted,
  NotificationsUnderTest,
  postOf,
  someone,
  unblocked,
  unmuted,
} from './under-test.js';

let app: NotificationsUnderTest;

beforeAll(async () => {
  app = await NotificationsUnderTest.start();
});
afterAll(() => app?.stop());

describe.each([
  [
    'the recipient',
    (me: string, other: string) => blocked(me, other),
    (me: string, other: string) => unblocked(me, other),
  ],
  [
    'the sender',
    (me: string, other: string) => blocked(other, me),
    (me: string, other: string) => unblocked(other, me),
  ],
])('a block by %s', (_, block, unblock) => {
  it('keeps quiet what comes after it', async () => {
    const me = someone();
    await app.tell(block(me, bob.id));
    await app.tell(liked(bob.id, postOf(me)), followed(bob.id, me));
    expect((await app.list(me)).items).toEqual([]);
  });

  it('takes back what was told, read or not, and nothing of it comes back', async () => {
    const me = someone();
    await app.tell(liked(bob.id, postOf(me)));
    await app.readAll(me);
    await app.tell(followed(bob.id, me));
    await app.tell(block(me, bob.id));
    expect((await app.list(me)).items).toEqual([]);
    await app.tell(unblock(me, bob.id));
    expect((await app.list(me)).items).toEqual([]);
    await app.tell(liked(bob.id, postOf(me)));
    expect(await app.told(me)).toEqual({ LIKE: 1 });
  });

  it('leaves the others of a group', async () => {
    const me = someone();
    const post = postOf(me);
    await app.tell(liked(carol.id, post), liked(bob.id, post));
    await app.tell(block(me, bob.id));
    expect(await app.titles(me)).toEqual(['Carol liked your post']);
  });
});

it('ends right when a block and its end come in the wrong order', async () => {
  const me = someone();
  await app.service.publish(unblocked(me, bob.id), { version: 9 });
  await app.service.publish(blocked(me, bob.id), { version: 8 });
  await app.tell(liked(bob.id, postOf(me)));
  expect(await app.told(me)).toEqual({ LIKE: 1 });
});

describe('a mute', () => {
  it('takes back what is unread, leaves what was read, and ends', async () => {
    const me = someone();
    await app.tell(liked(bob.id, postOf(me)));
    await app.readAll(me);
    await app.tell(followed(bob.id, me));
    await app.tell(muted(me, bob.id));
    expect((await app.list(me)).items.map(({ type }) => type)).toEqual(['LIKE']);
    await app.tell(liked(bob.id, postOf(me)));
    expect(await app.unreadCount(me)).toBe(0);
    await app.tell(unmuted(me, bob.id));
    await app.tell(liked(bob.id, postOf(me)));
    expect(await app.told(me)).toEqual({ LIKE: 1 });
  });

  it('of posts alone says nothing about notifications, and one that is over says nothing', async () => {
    const me = someone();
    await app.tell(
      muted(me, bob.id, { notifications: false }),
      muted(me, carol.id, { until: '2026-01-01T00:00:00.000Z' }),
    );
    await app.tell(liked(bob.id, postOf(me)), followed(carol.id, me));
    expect(await app.told(me)).toEqual({ LIKE: 1, FOLLOW: 1 });
  });
});
