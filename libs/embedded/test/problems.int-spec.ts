import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deleteData, developmentPorts, freePorts, type ServerName, StackError, startStack } from '../src/index.js';
import { end, startElsewhere, untilNoneMentions } from './in-process.js';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'plaza-embedded-'));
});

afterEach(() => deleteData(dataDir));

it('names every taken port and the setting that moves it', async () => {
  const ports = await freePorts();
  const servers = [
    createServer().listen(ports.postgres, '127.0.0.1'),
    createServer().listen(ports.mongodb, '127.0.0.1'),
  ];
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const message = await startStack({ dataDir, ports }).catch((error: Error) => error.message);
  expect(message).toContain(`Port ${ports.postgres} of PostgreSQL is taken`);
  expect(message).toContain('PLAZA_POSTGRES_PORT');
  expect(message).toContain(`Port ${ports.mongodb} of MongoDB is taken`);
  for (const server of servers) server.close();
});

it('refuses a second stack on the same data', async () => {
  const stack = await startStack({ dataDir, parts: ['postgres'] });
  await expect(startStack({ dataDir, parts: ['postgres'] })).rejects.toThrow(`in use by process ${process.pid}`);
  await stack.stop();
});

it('says which setting is no port', () => {
  expect(() => developmentPorts({ PLAZA_KAFKA_PORT: 'nine' })).toThrow(
    new StackError('PLAZA_KAFKA_PORT must be a port number, not "nine".'),
  );
});

describe('with a tool missing', () => {
  let tools: string;

  beforeEach(async () => {
    tools = await mkdtemp(join(tmpdir(), 'plaza-tools-'));
    await symlink('/bin/sh', join(tools, 'sh'));
  });

  afterEach(() => rm(tools, { recursive: true }));

  it.each<[ServerName, string]>([
    ['kafka', 'Maven (mvn) is missing'],
    ['mongodb', "Python's pip is missing"],
  ])('says what fetches %s', async (name, message) => {
    const env = { PATH: tools, PLAZA_CACHE_DIR: join(tools, 'cache') };
    const { child, said } = await startElsewhere({ dataDir, parts: [name] }, env);
    expect(said.error).toContain(message);
    await end(child, 'SIGKILL');
  });

  it('says that Kafka wants Java', async () => {
    const { child, said } = await startElsewhere({ dataDir, parts: ['kafka'] }, { PATH: tools, JAVA_HOME: '' });
    expect(said.error).toContain('Java is missing');
    await end(child, 'SIGKILL');
  });
});

it('stops what had started when one server cannot', async () => {
  const { child, said } = await startElsewhere({ dataDir }, { MONGOD_BINARY: '/nowhere/mongod' });
  expect(said.error).toContain('MONGOD_BINARY is /nowhere/mongod, which does not run');
  await untilNoneMentions(dataDir);
  await end(child, 'SIGKILL');
});

it('shows the last lines of the log of a server that dies while it starts', async () => {
  await mkdir(join(dataDir, 'kafka/__cluster_metadata-0'), { recursive: true });
  await writeFile(join(dataDir, 'kafka/meta.properties'), 'version=99');
  const error = await startStack({ dataDir, parts: ['kafka'] }).catch((reason: Error) => reason);
  expect(error).toBeInstanceOf(StackError);
  expect((error as Error).message).toMatch(/Kafka ended while it was starting\. Last lines of .*kafka\.log:\n./);
});
