import { entryOf, type Platform, PlatformProcess, register } from '@plaza/e2e';
import { freePort } from '@plaza/embedded';
import { type Actor, PlazaClient } from '@plaza/testing';
import { at, counter, onPlatform, ROUNDS, SECONDS } from './bed.js';
import { secondsToApply } from './bulk.js';
import { factLags } from './facts.js';
import { startFloor } from './floor.js';
import { answersPerSecond, percentile } from './load.js';
import { printFigure } from './report.js';
import { type Start, timeStart } from './startup.js';

const PEOPLE = 300;
const BULK = 20_000;

/** `npm run bench -- smoke`: the figures of the skeleton, medians of 3, each beside its floor in the same run. */
export const smoke = {
  starts,
  requests: () =>
    onPlatform('all-in-one', async (platform, { postgresUrl }) => {
      await requests(platform, postgresUrl, await register(platform.client, PEOPLE));
    }),
  facts: () =>
    onPlatform('all-in-one', async (platform) => {
      await lags('all-in-one', platform, await register(platform.client, PEOPLE));
    }),
  'two-senders': () => onPlatform('services', twoSenders),
  bulk: () => onPlatform('services', bulk),
};

async function starts(): Promise<void> {
  const clean: Start[] = [];
  const killed: Start[] = [];
  for (const _ of ROUNDS) clean.push(await timeStart('clean'));
  for (const _ of ROUNDS) killed.push(await timeStart('kill -9'));
  const seconds = (name: string, figures: Start[], target: string) =>
    printFigure({ name, unit: 's', target, rounds: figures.map((start) => ({ value: start.seconds })) });
  seconds('/health/startup after a clean stop', clean, 'at most 15 s');
  seconds('/health/startup after kill -9 of everything', killed, 'at most 20 s');
  const rounds = clean.map(({ megabytes }) => ({ value: megabytes }));
  printFigure({ name: 'all-in-one, resident memory', unit: 'MB', target: 'at most 400 MB', rounds });
}

async function requests(platform: Platform, postgresUrl: string, people: Actor[]): Promise<void> {
  const floor = await startFloor(postgresUrl, 'floor-server');
  const url = platform.client.baseUrl;
  const tokens = people.map(({ session }) => session.accessToken);
  const reads = counter();
  const nextRead = () => {
    const n = reads();
    return { path: `/v1/users/${at(people, n).id}`, token: at(tokens, n * 7) };
  };
  const pairs = counter();
  const nextFollow = () => {
    const n = pairs();
    const step = 1 + Math.floor(n / people.length);
    return { path: `/v1/follows/${at(people, n + step).id}`, token: at(tokens, n) };
  };
  const inFloor = (prefix: string) => {
    const next = counter();
    return () => ({ path: `${prefix}${at(floor.said, next())}` });
  };
  const compare = async (method: 'GET' | 'PUT', next: () => { path: string; token: string }, floorPath: string) => {
    const rounds = [];
    for (const _ of ROUNDS) {
      const below = await answersPerSecond({ url: floor.url, method, seconds: SECONDS, next: inFloor(floorPath) });
      rounds.push({ value: await answersPerSecond({ url, method, seconds: SECONDS, next }), floor: below });
    }
    return rounds;
  };
  try {
    const name = 'GET /v1/users/{id} with a token, beside bare Fastify + pg reading by primary key';
    const target = 'at least 0.45';
    printFigure({ name, unit: '/s', target, ratio: 0.45, rounds: await compare('GET', nextRead, '/users/') });
    printFigure({
      name: 'PUT /v1/follows/{id}, beside bare Fastify + pg inserting a row',
      unit: '/s',
      target: 'at least 0.3',
      ratio: 0.3,
      rounds: await compare('PUT', nextFollow, '/follows/'),
    });
  } finally {
    await floor.stop();
  }
}

async function lags(name: string, platform: Platform, people: Actor[]): Promise<void> {
  const p50 = [];
  const p99 = [];
  for (const _ of ROUNDS) {
    const measured = await factLags(platform, people, 50);
    p50.push({ value: percentile(measured, 0.5) });
    p99.push({ value: percentile(measured, 0.99) });
  }
  const what = `commit in user-service → applied in social-service, 50/s (${name})`;
  printFigure({ name: `${what}, p50`, unit: 'ms', target: 'at most 12 ms', rounds: p50 });
  printFigure({ name: `${what}, p99`, unit: 'ms', target: 'at most 50 ms', rounds: p99 });
}

/** A second user-service beside the first; every other change goes to it, past the gateway. */
async function twoSenders(platform: Platform): Promise<void> {
  const port = String(await freePort());
  const second = new PlatformProcess('user-service 2', entryOf('user-service'), {
    ...platform.env,
    PLAZA_USER_SERVICE_PORT: port,
  });
  second.start();
  try {
    const people = await register(platform.client, PEOPLE);
    const there = new PlazaClient(`http://127.0.0.1:${port}`);
    const spread = people.map((person, index) => (index % 2 ? person.through(there) : person));
    await lags('two instances of the sender, separate processes', platform, spread);
  } finally {
    await second.end();
  }
}

async function bulk(platform: Platform): Promise<void> {
  const rounds = [];
  for (const _ of ROUNDS) rounds.push({ value: await secondsToApply(platform, BULK) });
  printFigure({ name: `${BULK} user.updated applied in a cache`, unit: 's', target: 'at most 5 s', rounds });
}
