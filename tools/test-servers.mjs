// `npm run test:servers`: keeps the servers for tests up in the foreground, so that single packages' tests start at once.
import { once } from 'node:events';
import { announcedStack, announceStack, StackError, withStack } from './test-stack.mjs';

try {
  const running = await announcedStack();
  if (running) console.log(`The servers for tests are up already (process ${running.pid}).`);
  else await withStack(keepUp);
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function keepUp(stack, stopped) {
  const takeDown = await announceStack(stack.urls);
  for (const server of Object.values(stack.servers)) server.onExit((exit) => restart(server, exit));
  console.log(Object.values(stack.urls).join('\n'));
  console.log('The servers for tests are up; Ctrl-C stops them.');
  await once(stopped, 'abort');
  await takeDown();
}

function restart(server, exit) {
  if (exit.expected) return;
  console.error(`${exit.message}\nStarting it again.`);
  server.start().catch((error) => console.error(error.message));
}
