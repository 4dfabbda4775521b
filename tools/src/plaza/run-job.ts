import { setTimeout as pause } from 'node:timers/promises';
import { Jobs, type OperatorJobs, type OperatorResults } from '@plaza/service-kit';
import type { DataSource } from 'typeorm';
import type { StoredService } from './installation.js';
import { OperatorError } from './operator-error.js';

const TAKEN_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 200;
const MAX_ATTEMPTS = 3;

interface Progress<K extends keyof OperatorJobs> {
  status: 'PENDING' | 'DONE' | 'DEAD';
  attempts: number;
  last_error: string | null;
  result: OperatorResults[K];
}

/**
 * Asks a running service for something through its table of jobs, and waits for the result. Asking twice for the same while
 * it is being done is asking once.
 * @throws OperatorError when no instance takes it, or when it fails
 */
export async function runJob<K extends keyof OperatorJobs>(
  dataSource: DataSource,
  service: StoredService,
  kind: K,
  payload: OperatorJobs[K],
): Promise<OperatorResults[K]> {
  const options = { uniqueKey: JSON.stringify(payload), maxAttempts: MAX_ATTEMPTS };
  const id = await new Jobs().add(dataSource.manager, kind, payload, options);
  const deadline = performance.now() + TAKEN_WITHIN_MS;
  for (;;) {
    const { status, attempts, last_error, result } = await progress<K>(dataSource, id);
    if (status === 'DONE') return result;
    if (status === 'DEAD') throw new OperatorError(`${service.name} could not do it: ${last_error}`);
    if (attempts === 0 && performance.now() > deadline) throw notTaken(service, id);
    await pause(LOOK_EVERY_MS);
  }
}

async function progress<K extends keyof OperatorJobs>(dataSource: DataSource, id: string): Promise<Progress<K>> {
  const [row] = await dataSource.query<Array<Progress<K>>>(
    'SELECT status, attempts, last_error, result FROM jobs WHERE id = $1',
    [id],
  );
  if (!row) throw new OperatorError(`The job ${id} has vanished from the table.`);
  return row;
}

function notTaken({ name }: StoredService, id: string): OperatorError {
  return new OperatorError(
    `No instance of ${name} has taken the job within ${TAKEN_WITHIN_MS / 1_000} s: does one run? ` +
      `The job (${id}) stays, and is done when one starts.`,
  );
}
