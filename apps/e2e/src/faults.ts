import type { Server, Stack } from '@plaza/embedded';
import { type Answer, eventually } from '@plaza/testing';
import type { Platform } from './platform.js';

export function part(stack: Stack, name: Server['name']): Server {
  const server = stack.servers[name];
  if (!server) throw new Error(`${name} is not part of the stack`);
  return server;
}

/** Every process of the platform and all servers it stands on, at once; then all are started again. */
export async function killEverything(platform: Platform, stack: Stack): Promise<void> {
  const servers = Object.values(stack.servers);
  await Promise.all([
    ...platform.processes.map((process) => process.end('SIGKILL')),
    ...servers.map((server) => server.kill('SIGKILL')),
  ]);
  await Promise.all(servers.map((server) => server.start()));
  for (const process of platform.processes) process.start();
  await platform.ready();
}

/** Asks again and again, as a client does whose answer got lost, until it is one that says how it stands. */
export async function untilAnswered(ask: () => Promise<Answer>): Promise<Answer> {
  return eventually(
    async () => {
      const answer = await ask();
      if (!saysHowItStands(answer)) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
      return answer;
    },
    { withinMs: 120_000 },
  );
}

/** Otherwise what was asked for may have been done, or be done still. */
export function saysHowItStands({ status, body }: Answer): boolean {
  return status < 500 && body?.code !== 'IDEMPOTENCY_BUSY';
}
