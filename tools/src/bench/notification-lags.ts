import { setTimeout as pause } from 'node:timers/promises';
import { type Platform, pairsOf, register } from '@plaza/e2e';
import { settle } from '@plaza/testing';
import { ROUNDS } from './bed.js';
import { percentile } from './load.js';
import { printFigure } from './report.js';
import { commitTimes } from './sql.js';

const PEOPLE = 100;
const CAUSES = 400;
const PER_SECOND = 50;

/** Milliseconds from the commit of a follow to that of its notification, 50 follows a second, by PostgreSQL's commit times. */
export async function notificationLags(platform: Platform): Promise<void> {
  const people = await register(platform.client, PEOPLE);
  const pairs = pairsOf(people, CAUSES * ROUNDS.length);
  const p50 = [];
  const p99 = [];
  for (const _ of ROUNDS) {
    const causes = pairs.splice(0, CAUSES);
    const startedAt = performance.now();
    await Promise.all(
      causes.map(async ([follower, followed], index) => {
        await pause(Math.max(0, startedAt + (index * 1_000) / PER_SECOND - performance.now()));
        const { status } = await follower.put(`/v1/follows/${followed.id}`);
        if (status !== 200) throw new Error(`PUT /v1/follows answered ${status}`);
      }),
    );
    await settle({
      prefix: platform.prefix,
      databases: Object.values(platform.databases),
      brokers: platform.env.PLAZA_KAFKA_BROKERS,
    });
    const lags = await lagsOf(
      platform,
      causes.map(([follower, followed]) => `${followed.id}:${follower.id}`),
    );
    p50.push({ value: percentile(lags, 0.5) });
    p99.push({ value: percentile(lags, 0.99) });
  }
  const what = 'cause committed → notification readable, 50/s';
  printFigure({ name: `${what}, p50`, unit: 'ms', target: 'none', rounds: p50 });
  printFigure({ name: `${what}, p99`, unit: 'ms', target: 'at most 80 ms', rounds: p99 });
}

async function lagsOf(platform: Platform, pairs: string[]): Promise<number[]> {
  const { social_service, notification_service } = platform.databases;
  const caused = await commitTimes(social_service, 'follows', `following_id || ':' || follower_id`);
  const told = await commitTimes(notification_service, 'notifications', `recipient_id || ':' || sender_id`);
  return pairs.map((pair) => (told.get(pair) ?? Number.NaN) - (caused.get(pair) ?? Number.NaN));
}
