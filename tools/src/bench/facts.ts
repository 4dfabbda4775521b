import { setTimeout as pause } from 'node:timers/promises';
import type { Platform } from '@plaza/e2e';
import { type Actor, settle } from '@plaza/testing';
import { commitTimes } from './sql.js';

export interface Lag {
  p50: number;
  p99: number;
}

/**
 * Milliseconds from a commit in user-service to the commit of its fact's effect in social-service, by PostgreSQL's own
 * commit times of the two rows (`track_commit_timestamp`). Every person changes their name once, at the given rate.
 */
export async function factLags(platform: Platform, people: Actor[], perSecond: number): Promise<number[]> {
  const startedAt = performance.now();
  const changes = people.map(async (person, index) => {
    await pause(Math.max(0, startedAt + (index * 1_000) / perSecond - performance.now()));
    const { status } = await person.patch('/v1/users/me', { displayName: `Renamed ${index} ${Date.now()}` });
    if (status !== 200) throw new Error(`PATCH /v1/users/me answered ${status}`);
  });
  await Promise.all(changes);
  await settle({
    prefix: platform.prefix,
    databases: Object.values(platform.databases),
    brokers: platform.env.PLAZA_KAFKA_BROKERS,
  });
  const [changed, applied] = await Promise.all([
    commitTimes(platform.databases.user_service, 'users', 'id'),
    commitTimes(platform.databases.social_service, 'user_cache', 'id'),
  ]);
  return people.map(({ id }) => (applied.get(id) ?? Number.NaN) - (changed.get(id) ?? Number.NaN));
}
