// The servers for a test run: given ones, those of `npm run test:servers`, or some of its own.
import './source.mjs';

const embedded = await import('../libs/embedded/src/index.ts');
const variables = {
  postgresUrl: 'PLAZA_POSTGRES_URL',
  kafkaBrokers: 'PLAZA_KAFKA_BROKERS',
  mongodbUrl: 'PLAZA_MONGODB_URL',
};

export const { announcedStack, announceStack, endWithUs, hasEnded, StackError } = embedded;

/**
 * Starts servers, gives what `work(stack, stopped)` gives, and stops them whatever happens. `stopped` is an AbortSignal:
 * Ctrl-C or SIGTERM, on which the work is to end soon.
 */
export async function withStack(work) {
  const stop = embedded.stopRequested();
  const stopped = new AbortController();
  let up = false;
  // While the servers start, ending this process ends all that was started.
  stop.reason.then(() => (up ? stopped.abort() : process.exit(130)));
  try {
    const stack = await embedded.startStack({ external: givenUrls(), log: console.log });
    up = true;
    return await work(stack, stopped.signal).finally(() => stack.stop());
  } finally {
    stop.cancel();
  }
}

/** Servers that are up already, as environment variables; undefined where there are none. */
export async function runningServers() {
  const running = await announcedStack();
  return running && environmentOf({ ...running.urls, ...givenUrls() });
}

/** The environment of a test runner that is to use these servers. */
export function environmentOf(urls) {
  return { ...process.env, ...Object.fromEntries(Object.entries(variables).map(([url, name]) => [name, urls[url]])) };
}

function givenUrls() {
  const given = Object.entries(variables).flatMap(([url, name]) =>
    process.env[name] ? [[url, process.env[name]]] : [],
  );
  return Object.fromEntries(given);
}
