import { type DeadLetter, type DeadLetterFilter, findDeadLetter, listDeadLetters as read } from '@plaza/kafka';
import { chosen, type Installation, onDatabaseOf, type StoredService } from './installation.js';
import { OperatorError } from './operator-error.js';
import { runJob } from './run-job.js';
import { table } from './table.js';
import type { Terminal } from './terminal.js';

interface Filter extends DeadLetterFilter {
  service?: string;
}

export async function listDeadLetters(installation: Installation, filter: Filter, { print }: Terminal): Promise<void> {
  const rows: string[][] = [];
  for (const service of chosen(installation, filter.service)) {
    const letters = await onDatabaseOf(service, (dataSource) => read(dataSource, filter));
    rows.push(...letters.map((letter) => row(service, letter)));
  }
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
  const letter = await onDatabaseOf(service, (dataSource) => findDeadLetter(dataSource, number));
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
  if (service && /^\d{1,18}$/.test(number)) return [service, number];
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
  let [found, left] = [0, 0];
  for (const service of chosen(installation, filter.service)) {
    const outcome = await replayOf(service, filter);
    if (!outcome) continue;
    found += 1;
    left += outcome.remaining;
    print(`${service.name}: ${outcome.applied} applied, ${outcome.remaining} left`);
  }
  if (found === 0) print('No dead letters.');
  if (left > 0) throw new OperatorError('What is left failed again; `dead-letters list` tells why.');
}

function replayOf(service: StoredService, { consumer, topic, key }: Filter) {
  const filter = { ...(consumer && { consumer }), ...(topic && { topic }), ...(key && { key }) };
  return onDatabaseOf(service, async (dataSource) => {
    if ((await read(dataSource, filter)).length === 0) return undefined;
    return runJob(dataSource, service, 'dead-letters.replay', filter);
  });
}
