import { listDeadJobs, retryDeadJob } from '@plaza/service-kit';
import { chosen, type Installation, onDatabaseOf, onDatabases } from './installation.js';
import { OperatorError } from './operator-error.js';
import { table } from './table.js';
import type { Terminal } from './terminal.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export async function listJobs(
  installation: Installation,
  { service: name }: { service?: string },
  { print }: Terminal,
): Promise<void> {
  const found = await onDatabases(installation, name, async (database, service) =>
    (await listDeadJobs(database)).map((job) => {
      return [`${service.name}/${job.id}`, job.kind, job.finishedAt.toISOString(), job.lastError];
    }),
  );
  const rows = found.flat();
  if (rows.length === 0) return print('No job was given up.');
  for (const line of table(['id', 'kind', 'since', 'reason'], rows)) print(line);
}

/** @throws OperatorError when there is no such job */
export async function retryJob(installation: Installation, { id }: { id: string }, { print }: Terminal): Promise<void> {
  const [name, job = ''] = id.split('/');
  const [service] = chosen(installation, name);
  if (!service || !UUID.test(job)) throw new OperatorError('Give the id as it is listed: <service>/<id>.');
  const revived = await onDatabaseOf(service, (database) => retryDeadJob(database, job));
  if (!revived) throw new OperatorError(`There is no such job among those that were given up: ${id}`);
  print(`${id} is tried again`);
}
