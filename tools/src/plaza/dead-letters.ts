import { type DeadLetter, type DeadLetterFilter, findDeadLetter, listDeadLetters as read } from '@plaza/kafka';
import { chosen, type Installation, onDatabaseOf, onDatabases, type StoredService } from './installation.js';
import { OperatorError } from './operator-error.js';
import { runJob } from './run-job.js';
import { table } from './table.js';
import type { Terminal } from './terminal.js';

/** A number in PostgreSQL, a UUID in MongoDB. */
const LETTER = /^(\d{1,18}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

interface Filter extends DeadLetterFilter {
  service?: string;
}

export async function listDeadLetters(installation: Installation, filter: Filter, { print }: Terminal): Promise<void> {
  const found = await onDatabases(installation, filter.service, async (database, service) =>
    (await read(database, filter)).map((letter) => row(service, letter)),
  );
  const rows = found.flat();
  if (rows.length === 0) return print('No dead letters.');
  for (const line of table(['id', 'consumer', 'topic', 'key', 'type', 'state', 'since', 'reason'], rows)) print(line);
}

function row({ name }: StoredService, letter: DeadLetter): string[] {
  const { id, consumer, topic, key, type, state, parkedAt, reason } = letter;
  return [`${name}/${id}`, consumer, topic, key, type, state, parkedAt.toISOString(), reason];
}

/** @throws OperatorError when there is no such letter */
export async function showDeadLetter(
  installation: Installation,
  { id }: { id: string },
  { print }: Terminal,
): Promise<void> {
  const [service, number] = located(installation, id);
  const letter = await onDatabaseOf(service, (database) => findDeadLetter(database, number));
  if (!letter) throw new OperatorError(`There is no dead letter ${id} (any more).`);
  const { headers, payload, parkedAt, ...rest } = letter;
  const fields = { ...rest, id, parkedAt: parkedAt.toISOString() };
  for (const [name, value] of Object.entries(fields)) print(`${name}: ${value}`);
  print(`headers: ${JSON.stringify(headers, null, 2)}`);
  print(`payload: ${readable(payload)}`);
}

function located(installation: Installation, id: string): [StoredService, string] {
  const [name, number = ''] = id.split('/');
  const [service] = chosen(installation, name);
  if (service && LETTER.test(number)) return [service, number];
  throw new OperatorError('Give the id as it is listed, for example social-service/12.');
}

/** What could not be parsed is often the reason why it is here. */
function readable(payload: Buffer): string {
  const text = payload.toString();
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text.includes('\uFFFD') ? payload.toString('hex') : text;
  }
}

/** @throws OperatorError when some of them could not be applied again */
export async function replayDeadLetters(
  installation: Installation,
  filter: Filter,
  { print }: Terminal,
): Promise<void> {
  const { service: name, consumer, topic, key } = filter;
  const wanted = { ...(consumer && { consumer }), ...(topic && { topic }), ...(key && { key }) };
  const outcomes = await onDatabases(installation, name, async (database, service) => {
    if ((await read(database, wanted)).length === 0) return [];
    const { applied, remaining } = await runJob(database, service, 'dead-letters.replay', wanted);
    print(`${service.name}: ${applied} applied, ${remaining} left`);
    return [remaining];
  });
  const left = outcomes.flat();
  if (left.length === 0) print('No dead letters.');
  if (left.some((remaining) => remaining > 0)) {
    throw new OperatorError('What is left failed again; `dead-letters list` tells why.');
  }
}
