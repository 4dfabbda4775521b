import { type Platform, rows, startPlatform } from '@plaza/e2e';
import { PlazaClient, settle, testServers } from '@plaza/testing';
import { Member } from '../src/seed/member.js';
import { type Plan, planNetwork } from '../src/seed/plan.js';
import { Progress } from '../src/seed/progress.js';
import { requireRates } from '../src/seed/rates.js';
import { seedNetwork } from '../src/seed/seed-network.js';

const USERS = 20;

let platform: Platform;
let plan: Plan;
let lines: string[];

beforeAll(async () => {
  platform = await startPlatform('all-in-one', testServers());
  plan = planNetwork({ users: USERS, seed: 1 });
}, 90_000);
afterAll(() => platform?.stop());
beforeEach(() => {
  lines = [];
});

const seed = () => seedNetwork(platform.client, plan, new Progress((line) => lines.push(line)));
const settled = () => settle({ prefix: platform.prefix, databases: Object.values(platform.databases) });
const count = async (database: 'social_service' | 'post_service', from: string) =>
  (await rows<{ count: number }>(platform, database, `SELECT count(*)::int FROM ${from}`))[0]?.count;
const counts = async () => ({
  follows: await count('social_service', `follows WHERE status = 'ACTIVE'`),
  requests: await count('social_service', `follows WHERE status = 'PENDING'`),
  posts: await count('post_service', 'posts WHERE shared_post_id IS NULL'),
  shares: await count('post_service', 'posts WHERE shared_post_id IS NOT NULL'),
  likes: await count('post_service', 'post_likes'),
  comments: await count('post_service', 'comments WHERE parent_comment_id IS NULL'),
  replies: await count('post_service', 'comments WHERE parent_comment_id IS NOT NULL'),
});
const planned = () => {
  const accepted = plan.follows.filter((follow) => follow.accepted).length;
  return {
    follows: accepted,
    requests: plan.follows.length - accepted,
    posts: plan.posts.length,
    shares: plan.shares.length,
    likes: plan.likes.length,
    comments: plan.comments.length,
    replies: plan.replies.length,
  };
};

it('makes the network as it was planned, under the rates that hold by default', async () => {
  await requireRates(platform.client, USERS);
  await seed();
  await settled();
  expect(await counts()).toEqual(planned());
  const finished = lines.filter((line) => / in \d+\.\d s$/.test(line));
  expect(finished.map((line) => line.replace(/ in .*/, ''))).toEqual(
    ['people', 'follows', 'posts', 'likes', 'comments', 'replies', 'shares'].map(
      (step) => `  ${step}: ${plan[step as keyof Plan].length}`,
    ),
  );
}, 60_000);

it('changes nothing when it is run again', async () => {
  const before = await counts();
  await seed();
  await settled();
  expect(await counts()).toEqual(before);
}, 60_000);

it('has its people counted right in every service', async () => {
  const posts = await rows<{ line: string }>(
    platform,
    'post_service',
    `SELECT format('%s %s', author_id, count(*)) AS line FROM posts WHERE deleted_at IS NULL GROUP BY author_id ORDER BY 1`,
  );
  const counted = await rows<{ line: string }>(
    platform,
    'social_service',
    `SELECT format('%s %s', user_id, posts_count) AS line FROM user_social_stats WHERE posts_count > 0 ORDER BY 1`,
  );
  expect(counted).toEqual(posts);
});

it('has mentions, hashtags and links that the platform knows as such', async () => {
  expect(await count('post_service', 'post_hashtags')).toBeGreaterThan(0);
  expect(await count('post_service', `posts WHERE type = 'LINK'`)).toBeGreaterThan(0);
  expect(await count('post_service', 'posts WHERE cardinality(mentioned_user_ids) > 0')).toBeGreaterThan(0);
});

it('lets whoever runs it sign in as anybody', async () => {
  const [person] = plan.people;
  if (!person) throw new Error('nobody was planned');
  const member = await Member.join(platform.client, person);
  const { body } = await member.send({ method: 'GET', path: '/v1/users/me' });
  expect(body).toMatchObject({ username: person.username, displayName: person.displayName, ...person.profile });
});

it('says before it does anything what to set where the rates would hold it back', async () => {
  await expect(requireRates(platform.client, 1_000)).rejects.toThrow(
    /lets 100 people a minute sign in .* take about 10 min.*\n\n {2}PLAZA_RATE_SIGN_IN_PER_MINUTE=\d+ .* npm start/s,
  );
  await expect(requireRates(new PlazaClient('http://127.0.0.1:1'), 1)).rejects.toThrow('fetch failed');
});
