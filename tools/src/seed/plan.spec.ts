import { isPrivate } from './follows.js';
import { type Plan, planNetwork } from './plan.js';

let plan: Plan;

beforeAll(() => {
  plan = planNetwork({ users: 1_000, seed: 1 });
});

const mostAndMean = (counts: number[]) => [Math.max(...counts), counts.reduce((sum, n) => sum + n, 0) / counts.length];
const sizes = (groups: Map<unknown, unknown[]>) => [...groups.values()].map(({ length }) => length);

it('is the same for the same seed, and another one for another', () => {
  const [one, same, other] = [1, 1, 2].map((seed) => planNetwork({ users: 30, seed }));
  expect(same).toEqual(one);
  expect(other?.posts.map(({ content }) => content)).not.toEqual(one?.posts.map(({ content }) => content));
});

it('has as many people as asked for, each with a username of their own', () => {
  expect(plan.people).toHaveLength(1_000);
  expect(new Set(plan.people.map(({ username }) => username)).size).toBe(1_000);
  expect(plan.people.filter(({ username }) => !/^[a-z0-9_.]{3,50}$/.test(username))).toEqual([]);
});

it('has a heavy tail: a few are followed by far more than the others are', () => {
  const [most = 0, mean = 0] = mostAndMean(sizes(Map.groupBy(plan.follows, ({ followed }) => followed)));
  expect(mean).toBeGreaterThan(5);
  expect(most).toBeGreaterThan(10 * mean);
});

it('has a follow once, and nobody who follows themselves', () => {
  const pairs = plan.follows.map(({ follower, followed }) => `${follower.username} ${followed.username}`);
  expect(new Set(pairs).size).toBe(pairs.length);
  expect(plan.follows.filter(({ follower, followed }) => follower === followed)).toEqual([]);
});

it('has private accounts that accept most who ask, not all', () => {
  const asked = plan.follows.filter(({ followed }) => isPrivate(followed));
  const accepted = asked.filter((follow) => follow.accepted).length;
  expect(accepted).toBeGreaterThan(asked.length / 2);
  expect(accepted).toBeLessThan(asked.length);
  expect(plan.follows.filter(({ followed, accepted: yes }) => !isPrivate(followed) && !yes)).toEqual([]);
});

it('has texts that fit, some with hashtags, mentions and links', () => {
  const texts = [...plan.posts, ...plan.comments, ...plan.replies].map(({ content }) => content);
  expect(texts.filter((text) => text.trim() === '' || [...text].length > 280)).toEqual([]);
  const contents = plan.posts.map(({ content }) => content);
  expect(contents.filter((text) => / #[a-z]+/.test(text)).length).toBeGreaterThan(1_000);
  expect(contents.filter((text) => / @[a-z.]+/.test(text)).length).toBeGreaterThan(100);
  expect(plan.posts.filter(({ linkUrl }) => linkUrl).length).toBeGreaterThan(100);
});

it('has nobody react to what they may not see, and nobody share what is not for all', () => {
  const followers = new Set(
    plan.follows
      .filter(({ accepted }) => accepted)
      .map(({ follower, followed }) => `${follower.username} ${followed.username}`),
  );
  const hidden = [...plan.likes, ...plan.shares].filter(({ person, post }) => {
    const sees = !isPrivate(post.author) || followers.has(`${person.username} ${post.author.username}`);
    return post.privacy === 'PRIVATE' || !sees;
  });
  expect(hidden).toEqual([]);
  expect(plan.shares.filter(({ post }) => isPrivate(post.author))).toEqual([]);
  for (const some of [plan.likes, plan.comments, plan.replies, plan.shares]) expect(some.length).toBeGreaterThan(100);
});

it('has each like and each share once, and one comment of a person on a post', () => {
  const commented = plan.comments.map(({ author: person, post }) => ({ person, post }));
  for (const some of [plan.likes, plan.shares, commented]) {
    const byPost = Map.groupBy(some, ({ post }) => post);
    for (const [, of] of byPost) expect(new Set(of.map(({ person }) => person)).size).toBe(of.length);
  }
});
