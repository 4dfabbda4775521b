import { type ServerExit, type ServerName, type Stack, startStack } from '../src/index.js';
import { part, traces } from './parts.js';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
}, 120_000);

afterAll(() => stack?.stop());

describe.each<ServerName>(['postgres', 'kafka', 'mongodb'])('%s', (name) => {
  it('keeps its data and its address when it is killed with -9 and started again', async () => {
    const server = part(stack, name);
    await traces[name].leave(server.url);
    await server.kill();
    expect(server.pid).toBeUndefined();
    await server.start();
    expect(await traces[name].isThere(server.url)).toBe(true);
  });

  it('keeps its data when it is stopped and started again', async () => {
    const server = part(stack, name);
    await server.stop();
    await server.start();
    expect(await traces[name].isThere(server.url)).toBe(true);
  });

  it('starts empty after its data were wiped', async () => {
    const server = part(stack, name);
    await server.wipe();
    await server.start();
    expect(await traces[name].isThere(server.url)).toBe(false);
  });

  it('stops although it was halted', async () => {
    const server = part(stack, name);
    await server.kill('SIGSTOP');
    await server.stop();
    expect(server.pid).toBeUndefined();
    await server.start();
  });

  it('tells when it ends unasked, and when it was asked', async () => {
    const server = part(stack, name);
    const exits: ServerExit[] = [];
    const off = server.onExit((exit) => exits.push(exit));
    await endedUnasked(server);
    await server.start();
    await server.stop();
    off();
    await server.start();
    expect(exits.map(({ expected }) => expected)).toEqual([false, true]);
    expect(exits[0]?.message).toContain('Last lines of');
  });
});

function endedUnasked(server: {
  pid: number | undefined;
  onExit: (listener: () => void) => () => void;
}): Promise<void> {
  return new Promise((resolve) => {
    const off = server.onExit(() => {
      off();
      resolve();
    });
    process.kill(server.pid ?? 0, 'SIGKILL');
  });
}

it('starts a server only once however often it is asked', async () => {
  const server = part(stack, 'postgres');
  const { pid } = server;
  await Promise.all([server.start(), server.start()]);
  expect(server.pid).toBe(pid);
});
