import { relative } from 'node:path';
import type { LauncherSettings } from './settings.js';

/** What a person needs to know once everything runs. */
export function ready({ url, home }: LauncherSettings, tookMs: number): string {
  const within = relative(process.cwd(), home);
  const place = within === '' || within.startsWith('..') ? home : within;
  return `
Plaza is ready, after ${(tookMs / 1_000).toFixed(1)} s.

  API    ${url}/v1          (npm run demo plays a journey)
  Docs   ${url}/docs
  Data   ${place}           (npm run reset deletes it)
  Logs   ${place}/logs
  Stop   Ctrl-C
`;
}
