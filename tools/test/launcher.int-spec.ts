import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { services } from '@plaza/all-in-one';
import { checkout, deleteData, freePort, freePorts } from '@plaza/embedded';
import {
  createMongoDatabase,
  createTestDatabase,
  deleteTopics,
  eventually,
  kafkaPrefix,
  type TestDatabase,
  type TestMongoDatabase,
  testServers,
} from '@plaza/testing';
import type { RunFile } from '../src/launch/run-file.js';

const STARTED_WITHIN_MS = 60_000;

interface Launcher {
  child: ChildProcess;
  /** Everything that it printed, once it has ended. */
  printed: Promise<string>;
}

let home: string;
let port: number;
let launchers: Launcher[];

beforeAll(() => execFileSync(process.execPath, [join(checkout, 'tools/build.mjs')]), 300_000);
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'plaza-launcher-'));
  port = await freePort();
  launchers = [];
});
afterEach(async () => {
  await Promise.all(launchers.map(({ child }) => end(child)));
  await deleteData(join(home, 'data'));
  await rm(home, { recursive: true, force: true });
});

function run(script: string, env: NodeJS.ProcessEnv): Launcher {
  const child = spawn(process.execPath, [join(checkout, 'tools/dist', script)], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PLAZA_DATA_DIR: home, PLAZA_PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]).then((all) =>
    all.join('\n'),
  );
  const launcher = { child, printed };
  launchers.push(launcher);
  return launcher;
}

async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

const runFile = async (): Promise<RunFile> => JSON.parse(await readFile(join(home, 'run.json'), 'utf8'));
const settingOf = (service: string, setting: string) =>
  `PLAZA_${service.toUpperCase().replaceAll('-', '_')}_${setting}`;
const started = () =>
  eventually(async () => expect((await fetch(`http://127.0.0.1:${port}/health/startup`)).status).toBe(200), {
    withinMs: STARTED_WITHIN_MS,
  });
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    // No such process.
    return false;
  }
};

describe('npm start on servers of its own', () => {
  it('starts, starts the platform again when it dies, refuses a second start and a reset, stops and leaves nothing', async () => {
    const env = await ownPorts();
    const first = run('start.js', env);
    await started();
    const running = await eventually(runFile);
    expect(running).toMatchObject({ pid: first.child.pid, url: `http://127.0.0.1:${port}` });
    expect(Object.keys(running.processes).sort()).toEqual(['all-in-one', 'kafka', 'mongodb', 'postgres']);
    expect(Object.values(running.processes).filter(isAlive)).toHaveLength(4);
    expect((await stat(join(home, 'secrets.json'))).mode & 0o777).toBe(0o600);

    const second = run('start.js', env);
    expect(await second.printed).toContain(`Plaza runs already, at http://127.0.0.1:${port}`);
    const reset = run('reset.js', env);
    expect(await reset.printed).toContain('Stop it first');
    expect([second.child.exitCode, reset.child.exitCode]).toEqual([1, 1]);

    process.kill(running.processes['all-in-one'] ?? 0, 'SIGKILL');
    await eventually(async () =>
      expect((await runFile()).processes['all-in-one']).not.toBe(running.processes['all-in-one']),
    );
    await started();

    const { processes } = await runFile();
    // As Ctrl-C comes through npm: from the terminal, and handed on once more.
    first.child.kill('SIGINT');
    await end(first.child, 'SIGINT');
    expect(first.child.exitCode).toBe(0);
    expect(await first.printed).toMatch(/Plaza is ready, after \d+\.\d s\./);
    expect(Object.values(processes).filter(isAlive)).toEqual([]);
    await expect(runFile()).rejects.toThrow('ENOENT');

    const secondReset = run('reset.js', env);
    expect(await secondReset.printed).toContain('Deleted');
    await expect(stat(join(home, 'data'))).rejects.toThrow('ENOENT');
  }, 180_000);

  it('ends its processes even when it is killed', async () => {
    const { child } = run('start.js', await ownPorts());
    await started();
    const { processes } = await eventually(runFile);
    await end(child, 'SIGKILL');
    await eventually(() => expect(Object.values(processes).filter(isAlive)).toEqual([]));
  }, 120_000);

  it('stops everything with a clear message when a server dies', async () => {
    const { child, printed } = run('start.js', await ownPorts());
    await started();
    const { processes } = await eventually(runFile);
    process.kill(processes.postgres ?? 0, 'SIGKILL');
    expect(await printed).toMatch(/PostgreSQL ended \(SIGKILL\)[\s\S]*Start again: npm start/);
    expect(child.exitCode).toBe(1);
    expect(Object.values(processes).filter(isAlive)).toEqual([]);
  }, 120_000);

  it('can be stopped in the middle of its start', async () => {
    const env = await ownPorts();
    const { child, printed } = run('start.js', env);
    await eventually(() => stat(join(home, 'logs/all-in-one.log')), { withinMs: STARTED_WITHIN_MS });
    await end(child);
    expect(child.exitCode).toBe(0);
    expect(await printed).not.toContain('Plaza is ready');
    for (const taken of Object.values(env)) {
      const squatter = createServer().listen(Number(taken), '127.0.0.1');
      await once(squatter, 'listening');
      await new Promise((closed) => squatter.close(closed));
    }
  }, 120_000);

  async function ownPorts(): Promise<NodeJS.ProcessEnv> {
    const { postgres, kafka, kafkaController, mongodb } = await freePorts();
    return {
      PLAZA_POSTGRES_PORT: String(postgres),
      PLAZA_KAFKA_PORT: String(kafka),
      PLAZA_KAFKA_CONTROLLER_PORT: String(kafkaController),
      PLAZA_MONGODB_PORT: String(mongodb),
    };
  }
});

describe('npm start on servers elsewhere', () => {
  let databases: Array<TestDatabase | TestMongoDatabase>;
  let prefix: string;
  let env: NodeJS.ProcessEnv;

  beforeEach(async () => {
    databases = await Promise.all(services.map(({ mongo }) => (mongo ? createMongoDatabase() : createTestDatabase())));
    prefix = kafkaPrefix();
    const { postgresUrl, kafkaBrokers, mongodbUrl } = testServers();
    env = {
      PLAZA_POSTGRES_URL: postgresUrl,
      PLAZA_KAFKA_BROKERS: kafkaBrokers,
      PLAZA_MONGODB_URL: mongodbUrl,
      PLAZA_KAFKA_PREFIX: prefix,
      ...Object.fromEntries(services.map(({ name }, i) => [settingOf(name, 'DATABASE_URL'), databases[i]?.url])),
    };
  });
  afterEach(() => Promise.all([...databases.map((database) => database.drop()), deleteTopics(prefix)]));

  it('runs a process per service with start:services, and stops them all', async () => {
    const listening = await Promise.all(services.map(async ({ name }) => [name, await freePort()] as const));
    const ports = listening.map(([name, port]) => [settingOf(name, 'PORT'), String(port)]);
    const { child } = run('start-services.js', { ...env, ...Object.fromEntries(ports) });
    await started();
    const { processes } = await eventually(runFile);
    expect(Object.keys(processes).sort()).toEqual(['api-gateway', ...services.map(({ name }) => name)].sort());
    for (const [, port] of listening) expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/v1/users/me`)).status).toBe(401);
    await end(child);
    expect(child.exitCode).toBe(0);
    expect(Object.values(processes).filter(isAlive)).toEqual([]);
  }, 120_000);

  it('names the setting of a port that is taken, and starts nothing', async () => {
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    const { child, printed } = run('start.js', env);
    expect(await printed).toContain(
      `Port ${port} is taken. Stop what listens there, or choose another one: PLAZA_PORT.`,
    );
    expect(child.exitCode).toBe(1);
    await new Promise((closed) => squatter.close(closed));
  });

  it('does not try again and again with settings that are wrong', async () => {
    const { child, printed } = run('start.js', { ...env, PLAZA_RATE_USER_PER_MINUTE: 'plenty' });
    expect(await printed).toContain('PLAZA_RATE_USER_PER_MINUTE');
    expect(child.exitCode).toBe(1);
  });
});
