import { createServer } from 'node:net';
import { StackError } from '@plaza/embedded';
import type { PlatformProcess } from './topology.js';

/** Fails, before anything is started, with all the ports that somebody else listens on. */
export async function requirePorts(processes: readonly PlatformProcess[]): Promise<void> {
  const problems = await Promise.all(processes.map(({ listens }) => problemOf(listens)));
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw new StackError(found.join('\n'));
}

function problemOf({ host, port, setting }: PlatformProcess['listens']): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(wordsFor(error, port, setting)));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

function wordsFor({ code, message }: NodeJS.ErrnoException, port: number, setting: string): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken. Stop what listens there, or choose another one: ${setting}.`;
  return `Port ${port} can't be listened on (${message}). Choose another one: ${setting}.`;
}
