import { type Installation, onDatabases } from './installation.js';
import { OperatorError } from './operator-error.js';
import { runJob } from './run-job.js';
import type { Terminal } from './terminal.js';

export async function republish(
  installation: Installation,
  { service: name, topic }: { service: string; topic: string },
  { print }: Terminal,
): Promise<void> {
  await onDatabases(installation, name, async (database, service) => {
    const { published } = await runJob(database, service, 'kafka.republish', { topic });
    print(`${service.name}: ${published} rows of ${topic} are on their way to Kafka`);
  });
}

export async function replay(
  installation: Installation,
  { service: name, consumer, from }: { service: string; consumer: string; from: string },
  { print }: Terminal,
): Promise<void> {
  if (from !== 'beginning' && Number.isNaN(Date.parse(from))) {
    throw new OperatorError(`--from takes "beginning" or an ISO time such as 2026-11-21T12:00:00Z, not "${from}".`);
  }
  await onDatabases(installation, name, async (database, service) => {
    const { applied } = await runJob(database, service, 'kafka.replay', { consumer, from });
    print(`${service.name}.${consumer}: ${applied} facts applied again`);
  });
}
