import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { commandOf } from './in-process.js';

// As npm runs a script: through a shell, which has the program as its child.
function startUnderNpm() {
  const shell = spawn('sh', ['-c', '"$@"; :', 'sh', ...commandOf('stop-requested.ts')], {
    env: { ...process.env, NODE_OPTIONS: '', npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { shell, lines: createInterface({ input: shell.stdout })[Symbol.asyncIterator]() };
}

it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('asks a program to stop on %s', async (signal) => {
  const { lines } = startUnderNpm();
  const pid = Number((await lines.next()).value);
  process.kill(pid, signal);
  expect((await lines.next()).value).toBe(signal);
});

it('asks a program to stop when the npm that runs it was killed', async () => {
  const { shell, lines } = startUnderNpm();
  await lines.next();
  shell.kill('SIGKILL');
  expect((await lines.next()).value).toBe('parent ended');
});
