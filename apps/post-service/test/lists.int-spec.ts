import { randomUUID } from 'node:crypto';
import type { Page } from '@plaza/service-kit';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { PostView } from '../src/posts/post.view.js';
import {
  alice,
  bob,
  carol,
  forgetPosts,
  forgetRelations,
  makePost,
  mutePosts,
  postUnderTest,
  setAccount,
} from './post-under-test.js';

const LISTS = {
  'of an author': `/v1/posts?authorId=${alice.id}`,
  'of a hashtag': '/v1/hashtags/number/posts?',
  'found by words': '/v1/posts/search?q=number',
  'of everybody': '/v1/feed/public?',
  'of bookmarks': '/v1/posts/bookmarks?',
};
const PATHS = Object.entries(LISTS);
const COUNT = 25;
let service: ServiceUnderTest;

beforeAll(async () => {
  service = await postUnderTest();
});
afterAll(() => service?.stop());
beforeEach(async () => {
  await forgetPosts(service);
  await forgetRelations(service);
});

/** Posts of Alice, bookmarked by Bob; between them some that Bob may not see. */
async function fill(): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < COUNT; index += 1) {
    ids.push((await makePost(service, alice.id, { content: `This is #number ${index}` })).id);
    if (index % 3 === 0) await makePost(service, alice.id, { content: 'A hidden #number', privacy: 'PRIVATE' });
  }
  await service.query('INSERT INTO bookmarks (user_id, post_id) SELECT $1, id FROM posts ORDER BY position', [bob.id]);
  return ids.reverse();
}

const read = async (path: string, query = '', as = bob.id) =>
  (await service.request<Page<PostView> & { code?: string }>('GET', `${path}${query}`, { as })).body;
const idsOf = (pages: Array<Page<PostView>>) => pages.flatMap(({ items }) => items.map(({ id }) => id));

async function everyPage(path: string, between: () => Promise<unknown> = async () => undefined) {
  const pages = [await read(path, '&limit=10')];
  for (let last = pages[0]; last?.nextCursor; last = pages.at(-1)) {
    await between();
    pages.push(await read(path, `&limit=10&cursor=${encodeURIComponent(last.nextCursor)}`));
  }
  return pages;
}

it.each(PATHS)(
  'the list %s has every post once, newest first, and fills its pages after leaving some out',
  async (_, path) => {
    const ids = await fill();
    const pages = await everyPage(path);
    expect(pages.map(({ items }) => items.length)).toEqual([10, 10, 5]);
    expect(idsOf(pages)).toEqual(ids);
  },
);

it.each(PATHS)('the list %s stays in place while posts are made and deleted', async (_, path) => {
  const ids = await fill();
  const [gone] = ids.slice(-1);
  const pages = await everyPage(path, async () => {
    const { id } = await makePost(service, alice.id, { content: 'One more #number' });
    await service.request('PUT', `/v1/posts/${id}/bookmark`, { as: bob.id });
    await service.request('DELETE', `/v1/posts/${gone}`, { as: alice.id });
  });
  expect(idsOf(pages)).toEqual(ids.slice(0, -1));
});

it.each(PATHS)(
  "the list %s refuses another list's cursor, one that was made up, and a limit that is none",
  async (_, path) => {
    await fill();
    for (const [other, otherPath] of PATHS.filter(([, candidate]) => candidate !== path)) {
      const { nextCursor } = await read(otherPath, '&limit=5');
      const answer = await read(path, `&cursor=${encodeURIComponent(nextCursor ?? other)}`);
      expect([other, answer.code]).toEqual([other, 'CURSOR_INVALID']);
    }
    const codes = await Promise.all(
      ['&cursor=abc', '&limit=0', '&limit=101', '&limit=ten'].map(async (query) => (await read(path, query)).code),
    );
    expect(codes).toEqual(['CURSOR_INVALID', 'QUERY_INVALID', 'QUERY_INVALID', 'QUERY_INVALID']);
  },
);

it.each([
  ["another author's posts", LISTS['of an author'], `/v1/posts?authorId=${bob.id}`, bob.id],
  ['another hashtag', LISTS['of a hashtag'], '/v1/hashtags/other/posts?', bob.id],
  ['other words', LISTS['found by words'], '/v1/posts/search?q=other', bob.id],
  ["another's bookmarks", LISTS['of bookmarks'], '/v1/posts/bookmarks?', carol.id],
])('a cursor is no good for %s', async (_, path, otherPath, as) => {
  await fill();
  const { nextCursor } = await read(path, '&limit=5');
  const query = `&cursor=${encodeURIComponent(nextCursor ?? '')}`;
  expect([(await read(path, query)).items.length, (await read(otherPath, query, as)).code]).toEqual([
    20,
    'CURSOR_INVALID',
  ]);
});

it.each(['of a hashtag', 'found by words', 'of everybody'] as const)(
  'the list %s leaves out those whom one has muted, until the mute ends; by id and in their own list they are seen',
  async (name) => {
    const { id } = await makePost(service, alice.id, { content: 'Loud #number' });
    const seen = async () => idsOf([await read(LISTS[name])]);
    await mutePosts(service, bob.id, alice.id);
    expect(await seen()).toEqual([]);
    expect(idsOf([await read(LISTS['of an author'])])).toEqual([id]);
    expect((await service.request('GET', `/v1/posts/${id}`, { as: bob.id })).status).toBe(200);
    await service.query(`UPDATE mutes SET until = now() - interval '1 second'`);
    expect(await seen()).toEqual([id]);
  },
);

describe('the posts of an author', () => {
  it('has plain shares in it too', async () => {
    const post = await makePost(service, alice.id);
    await service.request('POST', `/v1/posts/${post.id}/share`, { as: carol.id });
    const { items } = await read(`/v1/posts?authorId=${carol.id}`);
    expect(items).toMatchObject([{ content: null, sharedPost: { id: post.id } }]);
  });

  it('is 404 for a user that there is not, and 400 for an id that is none', async () => {
    expect((await read(`/v1/posts?authorId=${randomUUID()}`)).code).toBe('USER_NOT_FOUND');
    expect([(await read('/v1/posts?authorId=x')).code, (await read('/v1/posts')).code]).toEqual([
      'QUERY_INVALID',
      'QUERY_INVALID',
    ]);
  });

  it('is the same for an id in capitals', async () => {
    const { id } = await makePost(service, alice.id);
    expect(idsOf([await read(`/v1/posts?authorId=${alice.id.toUpperCase()}`)])).toEqual([id]);
  });
});

describe('the public feed', () => {
  it('has what is for everybody, with words, from accounts that are', async () => {
    const post = await makePost(service, alice.id, { content: 'For all' });
    await makePost(service, alice.id, { content: 'For friends', privacy: 'FRIENDS' });
    await service.request('POST', `/v1/posts/${post.id}/share`, { as: carol.id });
    const quote = await makePost(service, carol.id, { content: 'A quote', sharedPostId: post.id });
    expect(idsOf([await read('/v1/feed/public')])).toEqual([quote.id, post.id]);
    await setAccount(service, alice.id, { privacyLevel: 'FRIENDS' });
    const { items } = await read('/v1/feed/public');
    expect(items).toMatchObject([{ id: quote.id, sharedPost: null }]);
    // Not even one's own: it shows what all see.
    expect(idsOf([await read('/v1/feed/public', '', alice.id)])).toEqual([quote.id]);
  });
});

describe('the posts of a hashtag', () => {
  it.each(['Größe', 'GRÖßE', 'gro\u0308ße'])('are found by %s', async (tag) => {
    const { id } = await makePost(service, alice.id, { content: 'Von #GRÖßE' });
    expect(idsOf([await read(`/v1/hashtags/${encodeURIComponent(tag)}/posts`)])).toEqual([id]);
  });

  it('follow an edit', async () => {
    const { id } = await makePost(service, alice.id, { content: '#cats' });
    await service.request('PATCH', `/v1/posts/${id}`, { as: alice.id, body: { content: '#dogs' } });
    expect(idsOf([await read('/v1/hashtags/cats/posts')])).toEqual([]);
    expect(idsOf([await read('/v1/hashtags/dogs/posts')])).toEqual([id]);
  });

  it.each(['x'.repeat(100), 'щ'.repeat(100), '\ud835\udd61'.repeat(50)])(
    'are found by the longest: %s',
    async (tag) => {
      const { id } = await makePost(service, alice.id, { content: `#${tag} #${tag}x` });
      expect(idsOf([await read(`/v1/hashtags/${encodeURIComponent(tag)}/posts`)])).toEqual([id]);
      expect((await read(`/v1/hashtags/${encodeURIComponent(`${tag}x`)}/posts`)).code).toBe('ROUTE_NOT_FOUND');
    },
  );

  it.each(['with space', '#signed', 'a-b', '\ud83d\udc07'])('refuses %j', async (tag) => {
    expect((await read(`/v1/hashtags/${encodeURIComponent(tag)}/posts`)).code).toBe('PATH_INVALID');
  });
});

describe('the search', () => {
  it.each([
    ['world', ['both', 'second']],
    ['HELLO world', ['both']],
    ['"hello world"', ['both']],
    ['"world hello"', []],
    ['world -hello', ['second']],
    ['hello or second', ['both', 'first', 'second']],
    ['nothing', []],
    ['!!!', []],
    [`it's 100% (fine) & <b> | : * \\ '`, []],
  ])('finds by %j', async (words, expected) => {
    for (const content of ['Hello, first', 'World, second', 'Hello world, both'])
      await makePost(service, alice.id, { content });
    const { items } = await read(`/v1/posts/search?q=${encodeURIComponent(words)}`);
    const found = items.map(({ content }) => content?.split(', ')[1]);
    expect(found.sort()).toEqual(expected);
  });

  it('finds what a post says now, and nothing that is deleted', async () => {
    const [edited, deleted] = [
      await makePost(service, alice.id, { content: 'Old' }),
      await makePost(service, alice.id, { content: 'New' }),
    ];
    await service.request('PATCH', `/v1/posts/${edited.id}`, { as: alice.id, body: { content: 'New' } });
    await service.request('DELETE', `/v1/posts/${deleted.id}`, { as: alice.id });
    expect(idsOf([await read('/v1/posts/search?q=old')])).toEqual([]);
    expect(idsOf([await read('/v1/posts/search?q=new')])).toEqual([edited.id]);
  });

  it.each(['', '?q=', '?q=%20', `?q=${'x'.repeat(201)}`, '?q=a&q=b'])('refuses %j', async (query) => {
    expect((await read('/v1/posts/search', query)).code).toBe('QUERY_INVALID');
  });
});

describe('bookmarks', () => {
  const mark = (method: string, id: string, as = bob.id) => service.request(method, `/v1/posts/${id}/bookmark`, { as });

  it('are in the order in which they were made, once each, and for their owner alone', async () => {
    const [first, second] = [await makePost(service, alice.id), await makePost(service, alice.id)];
    for (const id of [second.id, first.id, second.id]) expect((await mark('PUT', id)).status).toBe(204);
    const { items } = await read('/v1/posts/bookmarks');
    expect(items.map(({ id, bookmarkedByMe }) => [id, bookmarkedByMe])).toEqual([
      [first.id, true],
      [second.id, true],
    ]);
    expect((await read('/v1/posts/bookmarks', '', carol.id)).items).toEqual([]);
    expect((await read(`/v1/posts/${first.id}`, '', carol.id)) as unknown).toMatchObject({ bookmarkedByMe: false });
  });

  it('are taken away, once or twice', async () => {
    const { id } = await makePost(service, alice.id);
    await mark('PUT', id);
    expect([(await mark('DELETE', id)).status, (await mark('DELETE', id)).status]).toEqual([204, 204]);
    expect((await read('/v1/posts/bookmarks')).items).toEqual([]);
  });

  it('are not of posts that one does not see; one that is hidden later comes back with it', async () => {
    const hidden = await makePost(service, alice.id, { content: 'x', privacy: 'PRIVATE' });
    const answers = [await mark('PUT', hidden.id), await mark('PUT', randomUUID())];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(Array(2).fill([404, 'POST_NOT_FOUND']));
    const { id } = await makePost(service, alice.id);
    await mark('PUT', id);
    await setAccount(service, alice.id, { privacyLevel: 'PRIVATE' });
    expect((await read('/v1/posts/bookmarks')).items).toEqual([]);
    await setAccount(service, alice.id, { privacyLevel: 'PUBLIC' });
    expect(idsOf([await read('/v1/posts/bookmarks')])).toEqual([id]);
  });
});
