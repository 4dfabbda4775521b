// `npm run test:servers`: keeps the servers for tests up in the foreground, so that single packages' tests start at once.
import './source.mjs';

const { announcedStack, announceStack, StackError, startStack } = await import('../libs/embedded/src/index.ts');

try {
  const running = await announcedStack();
  if (running) console.log(`The servers for tests are up already (process ${running.pid}).`);
  else await keepUp();
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function keepUp() {
  const stopped = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve);
  });
  const stack = await startStack({ log: console.log });
  const takeDown = await announceStack(stack.urls);
  for (const server of Object.values(stack.servers)) server.onExit((exit) => restart(server, exit));
  console.log(Object.values(stack.urls).join('\n'));
  console.log('The servers for tests are up; Ctrl-C stops them.');
  // A promise alone does not keep Node running.
  const alive = setInterval(() => {}, 60_000);
  await stopped;
  clearInterval(alive);
  await takeDown();
  await stack.stop();
}

function restart(server, exit) {
  if (exit.expected) return;
  console.error(`${exit.message}\nStarting it again.`);
  server.start().catch((error) => console.error(error.message));
}
