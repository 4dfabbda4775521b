import { type Platform, register, type Servers } from '@plaza/e2e';
import type { Actor } from '@plaza/testing';
import { at, counter, onPlatform, ROUNDS, SECONDS } from './bed.js';
import { fanOut } from './fan-out.js';
import { fillFloor, fillPostService, type Readers } from './feed-data.js';
import { type Floor, startFloor } from './floor.js';
import { answersPerSecond, median } from './load.js';
import { notificationLags } from './notification-lags.js';
import { printFigure } from './report.js';
import { inDatabase } from './sql.js';

const READERS = 12;
const WRITERS = 100;

/** `npm run bench -- feed`: home feed, posting and notifications, medians of 3, beside their floor in the same run. */
export const feed = {
  home: () => onPlatform('all-in-one', home),
  posting: () => onPlatform('all-in-one', posting),
  'fan-out': () => onPlatform('all-in-one', fanOut),
  notifications: () => onPlatform('all-in-one', notificationLags),
};

/** Three kinds of readers: 100 followees; 5,000; 5,000 of whom 20 have too many readers to be written to timelines. */
async function home(platform: Platform, { postgresUrl }: Servers): Promise<void> {
  const people = await register(platform.client, 3 * READERS);
  const few = readers(people.slice(0, READERS), 100, 0);
  const many = readers(people.slice(READERS, 2 * READERS), 5_000, 0);
  const popular = readers(people.slice(2 * READERS), 5_000, 20);
  await inDatabase(platform.databases.post_service, (client) => fillPostService(client, [few, many, popular]));
  const floor = await startFloor(postgresUrl, 'feed-floor-server', (client) => fillFloor(client, [few]));
  try {
    await measureHome(platform, floor, { few, many, popular });
  } finally {
    await floor.stop();
  }
}

function readers(people: Actor[], followees: number, popular: number): Readers & { people: Actor[] } {
  return { people, ids: people.map(({ id }) => id), followees, popular };
}

type Groups = Record<'few' | 'many' | 'popular', Readers & { people: Actor[] }>;

async function measureHome(platform: Platform, floor: Floor, { few, many, popular }: Groups): Promise<void> {
  const feeds = ({ people }: Groups['few']) => {
    const next = counter();
    const token = () => at(people, next()).session.accessToken;
    return answersPerSecond({
      url: platform.client.baseUrl,
      method: 'GET',
      seconds: SECONDS,
      next: () => ({ path: '/v1/feed?limit=20', token: token() }),
    });
  };
  const gathered = (plan: string) => {
    const next = counter();
    const path = () => `/feed/${plan}/${at(few.ids, next())}`;
    return answersPerSecond({ url: floor.url, method: 'GET', seconds: SECONDS, next: () => ({ path: path() }) });
  };
  const plans: Record<string, number[]> = Object.fromEntries(floor.said.map((plan) => [plan, []]));
  const rounds: Array<{ best: number; few: number; many: number; popular: number }> = [];
  for (const _ of ROUNDS) {
    for (const plan of floor.said) plans[plan]?.push(await gathered(plan));
    const best = Math.max(...Object.values(plans).map((figures) => figures.at(-1) ?? 0));
    rounds.push({ best, few: await feeds(few), many: await feeds(many), popular: await feeds(popular) });
  }
  for (const [plan, figures] of Object.entries(plans))
    console.log(`\ngathered when read, 100 followees, bare Fastify + pg, ${plan}: ${median(figures).toFixed(0)} /s`);
  printFigure({
    name: 'GET /v1/feed, 20 posts, 100 followees, beside the best of the plans that gather it when it is read',
    unit: '/s',
    target: 'more than 1',
    ratio: 1,
    rounds: rounds.map((round) => ({ value: round.few, floor: round.best })),
  });
  for (const [name, group] of [
    ['5,000 followees', 'many'],
    ['5,000 followees, 20 above the threshold', 'popular'],
  ] as const)
    printFigure({
      name: `GET /v1/feed, ${name}, beside that with 100`,
      unit: '/s',
      target: 'at least 0.8',
      ratio: 0.8,
      rounds: rounds.map((round) => ({ value: round[group], floor: round.few })),
    });
}

async function posting(platform: Platform, { postgresUrl }: Servers): Promise<void> {
  const people = await register(platform.client, WRITERS);
  const floor = await startFloor(postgresUrl, 'feed-floor-server', (client) => fillFloor(client, []));
  const next = counter();
  const body = () => ({
    content: `Post ${next()} of a bench, about as long as people's posts are: some words and a thought.`,
  });
  const rounds = [];
  try {
    for (const _ of ROUNDS) {
      const bare = { url: floor.url, method: 'POST', seconds: SECONDS } as const;
      const below = await answersPerSecond({ ...bare, next: () => ({ path: '/posts', body: body() }) });
      const ours = { ...bare, url: platform.client.baseUrl };
      const token = () => at(people, next()).session.accessToken;
      const value = await answersPerSecond({
        ...ours,
        next: () => ({ path: '/v1/posts', body: body(), token: token() }),
      });
      rounds.push({ value, floor: below });
    }
  } finally {
    await floor.stop();
  }
  printFigure({
    name: 'POST /v1/posts, beside bare Fastify + pg inserting a row',
    unit: '/s',
    target: 'at least 0.35',
    ratio: 0.35,
    rounds,
  });
}
