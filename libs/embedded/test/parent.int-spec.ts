import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deleteData, freePorts } from '../src/index.js';
import { childrenOf } from '../src/system/processes.js';
import { end, firstLine, startElsewhere, startProgram, untilMentioned, untilNoneMentions } from './in-process.js';
import { traces } from './parts.js';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'plaza-embedded-'));
});

afterEach(() => deleteData(dataDir));

it.each<NodeJS.Signals>(['SIGKILL', 'SIGTERM', 'SIGINT'])(
  'leaves no server behind when its process ends by %s',
  async (signal) => {
    const { child } = await startElsewhere({ dataDir });
    await end(child, signal);
    await untilNoneMentions(dataDir);
  },
);

it('leaves no server behind when its process is killed while they start', async () => {
  const child = startProgram({ dataDir });
  await untilMentioned(join(dataDir, 'mongodb'));
  await end(child, 'SIGKILL');
  await untilNoneMentions(dataDir);
});

// A terminal sends Ctrl-C to the whole group, npm hands it on to its script, and people press it twice.
it.each<[string, NodeJS.Signals[]]>([
  ['by Ctrl-C, twice', ['SIGINT', 'SIGINT']],
  ['with -9', ['SIGKILL']],
])('leaves no server behind when the whole process group is ended %s', async (_, signals) => {
  const child = startProgram({ dataDir }, {}, { detached: true });
  await firstLine(child);
  for (const signal of signals) process.kill(-(child.pid ?? 0), signal);
  await untilNoneMentions(dataDir);
});

it('starts on the data of a process that was killed with -9, on the same ports', async () => {
  const ports = await freePorts();
  const first = await startElsewhere({ dataDir, ports });
  await traces.postgres.leave(first.said.urls.postgresUrl);
  await traces.kafka.leave(first.said.urls.kafkaBrokers);
  await traces.mongodb.leave(first.said.urls.mongodbUrl);
  await end(first.child, 'SIGKILL');
  const { child, said } = await startElsewhere({ dataDir, ports });
  expect(await traces.postgres.isThere(said.urls.postgresUrl)).toBe(true);
  expect(await traces.kafka.isThere(said.urls.kafkaBrokers)).toBe(true);
  expect(await traces.mongodb.isThere(said.urls.mongodbUrl)).toBe(true);
  await end(child, 'SIGKILL');
  await untilNoneMentions(dataDir);
});

it('starts although a process that was killed could not end its servers', async () => {
  const ports = await freePorts();
  const first = await startElsewhere({ dataDir, ports });
  await killWithReaper(first);
  const { child, said } = await startElsewhere({ dataDir, ports });
  expect(said.error).toBeUndefined();
  await end(child, 'SIGKILL');
  await untilNoneMentions(dataDir);
});

// Halted first: it would start another reaper.
async function killWithReaper({ child, said }: Awaited<ReturnType<typeof startElsewhere>>): Promise<void> {
  child.kill('SIGSTOP');
  const reapers = childrenOf(child.pid ?? 0).filter((pid) => !said.pids.includes(pid));
  expect(reapers).toHaveLength(1);
  for (const pid of reapers) process.kill(pid, 'SIGKILL');
  await end(child, 'SIGKILL');
}

it('serves kept data on other ports', async () => {
  const first = await startElsewhere({ dataDir });
  await traces.mongodb.leave(first.said.urls.mongodbUrl);
  await traces.kafka.leave(first.said.urls.kafkaBrokers);
  await end(first.child, 'SIGKILL');
  const { child, said } = await startElsewhere({ dataDir });
  expect(await traces.mongodb.isThere(said.urls.mongodbUrl)).toBe(true);
  expect(await traces.kafka.isThere(said.urls.kafkaBrokers)).toBe(true);
  await end(child, 'SIGKILL');
  await untilNoneMentions(dataDir);
});
