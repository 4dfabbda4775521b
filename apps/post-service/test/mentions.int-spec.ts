import { randomUUID } from 'node:crypto';
import { fact, UserCreated } from '@plaza/contracts';
import { userState } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { PostView } from '../src/posts/post.view.js';
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

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await postUnderTest();
});
afterAll(() => service?.stop());
beforeEach(async () => {
  await forgetPosts(service);
  await forgetRelations(service);
});

const say = async (content: string, privacy = 'PUBLIC') =>
  (await makePost(service, alice.id, { content, privacy })).mentionedUserIds;

/** Who was told to be mentioned, or not to be any more, oldest first. */
async function told(): Promise<Array<[type: string, id: unknown]>> {
  const facts = (await service.facts()).filter(({ type }) => type.startsWith('user.'));
  return facts.map(({ type, payload }) => [type, payload.mentionedUserId]);
}

it('names those whom the text names, in its order, and tells of each', async () => {
  const post = await makePost(service, alice.id, {
    content: 'Hello @Carol, and @bob; @carol again, @nobody, me: @alice',
  });
  expect(post.mentionedUserIds).toEqual([carol.id, bob.id]);
  expect((await service.facts()).slice(1)).toMatchObject(
    [carol.id, bob.id].map((mentionedUserId) => ({
      type: 'user.mentioned',
      key: `${post.id}:${mentionedUserId}`,
      payload: { mentionedUserId, authorId: alice.id, postId: post.id, commentId: null, postAuthorId: alice.id },
    })),
  );
});

it('leaves a name that nobody has, or somebody who is gone, a text', async () => {
  await setAccount(service, bob.id, { accountStatus: 'SUSPENDED' });
  expect(await say('Hello @nobody and @bob')).toEqual([]);
  expect(await told()).toEqual([]);
});

describe('whoever may not see the post is not mentioned in it:', () => {
  it('of friends alone', async () => {
    await relate(service, bob.id, alice.id, { friends: true });
    expect(await say('@bob @carol', 'FRIENDS')).toEqual([bob.id]);
  });

  it('private', async () => {
    await relate(service, bob.id, alice.id, { friends: true });
    expect(await say('@bob @carol', 'PRIVATE')).toEqual([]);
  });

  it('of a private account', async () => {
    await setAccount(service, alice.id, { privacyLevel: 'PRIVATE' });
    await relate(service, bob.id, alice.id, { follow: 'PENDING' });
    await relate(service, carol.id, alice.id, { follow: 'ACTIVE' });
    expect(await say('@bob @carol')).toEqual([carol.id]);
  });

  it('across a block, either way', async () => {
    await block(service, alice.id, bob.id);
    await block(service, carol.id, alice.id);
    expect(await say('@bob @carol')).toEqual([]);
  });
});

it.each([
  ['EVERYONE', false, true],
  ['FRIENDS', false, false],
  ['FRIENDS', true, true],
  ['NOBODY', true, false],
] as const)('asks those whom %s may tag (friends: %s): %s', async (tag, friends, mentioned) => {
  await setAccount(service, bob.id, { tag });
  await relate(service, bob.id, alice.id, { friends });
  expect(await say('Hello @bob')).toEqual(mentioned ? [bob.id] : []);
});

it('mentions from the first post of somebody who has only just registered', async () => {
  const dora = { id: randomUUID(), username: 'dora', displayName: 'Dora' };
  const post = makePost(service, dora.id, { content: 'Hello @bob' });
  await service.publish(fact(UserCreated, userState(dora)), { version: 1 });
  expect((await post).mentionedUserIds).toEqual([bob.id]);
});

describe('an edit', () => {
  const edit = async (id: string, body: object) =>
    (await service.request<PostView>('PATCH', `/v1/posts/${id}`, { as: alice.id, body })).body.mentionedUserIds;

  it('tells those who are named now, and those who are not named any more, and nobody else', async () => {
    const { id } = await makePost(service, alice.id, { content: '@bob' });
    expect(await edit(id, { content: '@bob and @carol' })).toEqual([bob.id, carol.id]);
    expect(await edit(id, { content: '@carol' })).toEqual([carol.id]);
    expect(await told()).toEqual([
      ['user.mentioned', bob.id],
      ['user.mentioned', carol.id],
      ['user.unmentioned', bob.id],
    ]);
  });

  it('of the privacy changes who is mentioned', async () => {
    const { id } = await makePost(service, alice.id, { content: '@bob and @carol' });
    await relate(service, bob.id, alice.id, { friends: true });
    expect(await edit(id, { privacy: 'FRIENDS' })).toEqual([bob.id]);
    expect(await edit(id, { privacy: 'PUBLIC' })).toEqual([bob.id, carol.id]);
    expect((await told()).slice(2)).toEqual([
      ['user.unmentioned', carol.id],
      ['user.mentioned', carol.id],
    ]);
  });
});

it('tells nobody that a mention ended when the post is deleted', async () => {
  const { id } = await makePost(service, alice.id, { content: '@bob' });
  await service.request('DELETE', `/v1/posts/${id}`, { as: alice.id });
  expect(await told()).toEqual([['user.mentioned', bob.id]]);
});
