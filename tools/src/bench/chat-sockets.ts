import { setTimeout as pause } from 'node:timers/promises';
import { type Platform, type PlatformProcess, register } from '@plaza/e2e';
import { inParallel } from '@plaza/testing';
import { at, counter, onPlatform, ROUNDS } from './bed.js';
import { printFigure } from './report.js';
import { residentBytes } from './startup.js';

const SOCKETS = 1_000;
/** The gateway lets a user have 20 at most. */
const PEOPLE = SOCKETS / 10;
const AT_ONCE = 20;
/** Long enough for garbage of the opening to be collected. */
const IDLE_MS = 10_000;
const REQUESTS = 5_000;

/** Megabytes. */
interface Memory {
  resident: number;
  heap: number;
}

/** What 1,000 open sockets on which nothing happens cost the gateway, as a process of its own. */
export function idleSockets(): Promise<void> {
  return onPlatform('services', printGrowth);
}

/** By how much the gateway of a platform of separate processes grows by the sockets, started anew for each round. */
async function printGrowth(platform: Platform): Promise<void> {
  const tokens = (await register(platform.client, PEOPLE)).map(({ session }) => session.accessToken);
  const grown: Memory[] = [];
  for (const _ of ROUNDS) grown.push(await growth(platform, tokens));
  const print = (what: string, rounds: number[], target: string) => {
    const name = `${SOCKETS} idle sockets, ${what} of the gateway`;
    printFigure({ name, unit: 'MB', target, rounds: rounds.map((value) => ({ value })) });
  };
  const resident = grown.map((it) => it.resident);
  print('resident memory', resident, 'at most 40 MB more');
  const heap = grown.map((it) => it.heap);
  print('heap in use', heap, 'for comparison; garbage included');
}

/**
 * Before and after under the same ordinary traffic: V8's room for new objects grows with whatever is done and shrinks when
 * nothing is, by more than the sockets take.
 */
async function growth(platform: Platform, tokens: string[]): Promise<Memory> {
  const gateway = gatewayOf(platform);
  await gateway.end();
  gateway.start();
  await platform.ready();
  await closeAll(await openAll(platform, tokens, SOCKETS));
  const before = await memoryIn(platform, tokens);
  const sockets = await openAll(platform, tokens, SOCKETS);
  const after = await memoryIn(platform, tokens);
  await closeAll(sockets);
  return { resident: after.resident - before.resident, heap: after.heap - before.heap };
}

function gatewayOf({ processes }: Platform): PlatformProcess {
  const gateway = processes.find(({ name }) => name === 'api-gateway');
  if (!gateway) throw new Error('The gateway is not a process of its own here');
  return gateway;
}

async function openAll({ client }: Platform, tokens: string[], count: number): Promise<WebSocket[]> {
  const url = `${client.baseUrl.replace('http', 'ws')}/v1/stream`;
  const sockets: WebSocket[] = [];
  const indexes = Array.from({ length: count }, (_, index) => index);
  await inParallel(AT_ONCE, indexes, async (index) => void sockets.push(await open(url, at(tokens, index))));
  return sockets;
}

/** Settles when the gateway says that it is ready. */
function open(url: string, token: string): Promise<WebSocket> {
  const socket = new WebSocket(url, ['plaza.v1', token]);
  return new Promise((resolve, reject) => {
    socket.addEventListener('message', () => resolve(socket), { once: true });
    socket.addEventListener('close', ({ code, reason }) => reject(new Error(`closed with ${code} ${reason}`)));
  });
}

async function closeAll(sockets: WebSocket[]): Promise<void> {
  const closed = sockets.map((socket) => new Promise((resolve) => socket.addEventListener('close', resolve)));
  for (const socket of sockets) socket.close();
  await Promise.all(closed);
}

/** While it does something else. */
async function memoryIn(platform: Platform, tokens: string[]): Promise<Memory> {
  await pause(IDLE_MS);
  await inParallel(AT_ONCE, Array.from({ length: REQUESTS }, counter()), async (index) => {
    await platform.client.request('GET', '/v1/users/me', { token: at(tokens, index) });
  });
  const { body } = await platform.client.request<string>('GET', '/metrics');
  const heap = Number(/^nodejs_heap_size_used_bytes\S* (\S+)$/m.exec(body)?.[1]);
  return { resident: residentBytes(gatewayOf(platform).pid ?? 0) / 1e6, heap: heap / 1e6 };
}
