// `npm run seed -- --users 1000`: fills a running platform with a plausible network, as its people would: through its API.
import { PlazaClient } from '@plaza/testing';
import { Command, InvalidArgumentError } from 'commander';
import { whatRuns } from './launch/run-file.js';
import { launcherSettings } from './launch/settings.js';
import { SeedRefused } from './seed/member.js';
import { PASSWORD } from './seed/people.js';
import { type Plan, planNetwork } from './seed/plan.js';
import { number, Progress } from './seed/progress.js';
import { requireRates } from './seed/rates.js';
import { seedNetwork } from './seed/seed-network.js';

interface Options {
  users: number;
  seed: number;
  url?: string;
  patient?: boolean;
}

const options = new Command('seed')
  .description('fills a running platform with people, follows, posts, likes, comments and shares')
  .option('--users <number>', 'how many people', wholeFrom(2), 50)
  .option('--seed <number>', 'the same seed makes the same network, so that it can be run again', wholeFrom(0), 1)
  .option('--url <url>', 'where the gateway is; default: that of the platform that runs on this checkout')
  .option('--patient', 'wait where the rates of the platform hold the seed back')
  .parse()
  .opts<Options>();

try {
  await seed(options);
} catch (error) {
  process.exitCode = 1;
  console.error(`\n${wordsFor(error)}`);
}

async function seed({ users, seed, url, patient }: Options): Promise<void> {
  const client = new PlazaClient(url ?? (await runningUrl()));
  if (!patient) await requireRates(client, users);
  const plan = planNetwork({ users, seed });
  console.log(`Seeding ${client.baseUrl} with ${number(users)} people (seed ${seed}) ...`);
  const began = performance.now();
  await seedNetwork(client, plan, new Progress(console.log));
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(
    `\nDone in ${seconds} s. Everybody's password is "${PASSWORD}"; followed most: ${famous(plan).join(', ')}.`,
  );
}

async function runningUrl(): Promise<string> {
  const { home, url } = launcherSettings(process.env);
  return (await whatRuns(home))?.url ?? url;
}

/** The usernames that are worth signing in with. */
function famous({ people }: Plan): string[] {
  const sorted = people.toSorted((a, b) => b.fame - a.fame);
  return sorted.slice(0, 3).map(({ username }) => username);
}

function wholeFrom(least: number): (value: string) => number {
  return (value) => {
    const whole = Number(value);
    if (value.trim() !== '' && Number.isSafeInteger(whole) && whole >= least) return whole;
    throw new InvalidArgumentError(`It takes a whole number from ${least} on.`);
  };
}

function wordsFor(error: unknown): string {
  if (error instanceof SeedRefused) return error.message;
  if (error instanceof Error && error.message === 'fetch failed')
    return 'Nothing answers there. Start the platform first (npm start), or name its gateway with --url.';
  return error instanceof Error ? String(error.stack) : String(error);
}
