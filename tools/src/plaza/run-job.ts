import { setTimeout as pause } from 'node:timers/promises';
import { addJob, type JobProgress, jobProgress, type OperatorJobs, type OperatorResults } from '@plaza/service-kit';
import type { Database } from './databases.js';
import type { StoredService } from './installation.js';
import { OperatorError } from './operator-error.js';

const TAKEN_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 200;
const MAX_ATTEMPTS = 3;

/**
 * Asks a running service for something through its jobs, and waits for the result. Asking twice for the same while it is
 * being done is asking once.
 * @throws OperatorError when no instance takes it, or when it fails
 */
export async function runJob<K extends keyof OperatorJobs>(
  database: Database,
  service: StoredService,
  kind: K,
  payload: OperatorJobs[K],
): Promise<OperatorResults[K]> {
  const options = { uniqueKey: JSON.stringify(payload), maxAttempts: MAX_ATTEMPTS };
  const id = await addJob(database, kind, payload, options);
  const deadline = performance.now() + TAKEN_WITHIN_MS;
  for (;;) {
    const { status, attempts, lastError, result } = await progress(database, id);
    if (status === 'DONE') return result as OperatorResults[K];
    if (status === 'DEAD') throw new OperatorError(`${service.name} could not do it: ${lastError}`);
    if (attempts === 0 && performance.now() > deadline) throw notTaken(service, id);
    await pause(LOOK_EVERY_MS);
  }
}

async function progress(database: Database, id: string): Promise<JobProgress> {
  const found = await jobProgress(database, id);
  if (!found) throw new OperatorError(`The job ${id} has vanished.`);
  return found;
}

function notTaken({ name }: StoredService, id: string): OperatorError {
  return new OperatorError(
    `No instance of ${name} has taken the job within ${TAKEN_WITHIN_MS / 1_000} s: does one run? ` +
      `The job (${id}) stays, and is done when one starts.`,
  );
}
