import type { PlazaClient } from '@plaza/testing';
import { SeedRefused } from './member.js';

/** The settings that hold a seed back (docs/settings.md), and a value that does not. */
const RAISED = ['PLAZA_RATE_SIGN_IN_PER_MINUTE', 'PLAZA_RATE_IP_PER_MINUTE', 'PLAZA_RATE_USER_PER_MINUTE']
  .map((setting) => `${setting}=1000000`)
  .join(' ');

/**
 * Asks, before anything is done, how many may sign in within a minute.
 * @throws SeedRefused where so many people would have to wait, with what to set
 */
export async function requireRates(client: PlazaClient, users: number): Promise<void> {
  // Signs nobody in, and is counted all the same.
  const { headers } = await client.request('POST', '/v1/auth/login', { body: {} });
  const perMinute = Math.min(...figures(headers.get('ratelimit-policy'), 'q'));
  const left = Math.min(...figures(headers.get('ratelimit'), 'r'));
  if (users <= left) return;
  const minutes = Math.ceil(users / perMinute);
  throw new SeedRefused(
    `This platform lets ${perMinute} people a minute sign in from one address (${left} more in this one), so ${users} ` +
      `would take about ${minutes} min. Stop it, and start it with higher rates:\n\n  ${RAISED} npm start\n\n` +
      'or let the seed wait where it is told to, with --patient.',
  );
}

/** Each `name=<number>` in a field of the RateLimit headers. */
function figures(field: string | null, name: string): number[] {
  return [...(field ?? '').matchAll(new RegExp(`;${name}=(\\d+)`, 'g'))].map(([, figure]) => Number(figure));
}
