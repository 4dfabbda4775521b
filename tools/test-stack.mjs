// The servers for a test run, as environment variables: given ones, those of `npm run test:servers`, or some of its own.
import './source.mjs';

const embedded = await import('../libs/embedded/src/index.ts');
const variables = {
  postgresUrl: 'PLAZA_TEST_POSTGRES_URL',
  kafkaBrokers: 'PLAZA_TEST_KAFKA_BROKERS',
  mongodbUrl: 'PLAZA_TEST_MONGODB_URL',
};

/** Runs `work(env)` with servers, which are stopped afterwards where they were started for it; gives its exit code. */
export async function withServers({ own = false }, work) {
  const given = urlsFrom(process.env);
  const running = own ? undefined : await embedded.announcedStack();
  if (running) return work(environment({ ...running.urls, ...given }));
  return onStack(given, work);
}

async function onStack(external, work) {
  const signalled = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve(130));
  });
  const stack = await embedded.startStack({ external, log: console.log });
  for (const server of Object.values(stack.servers))
    server.onExit((exit) => exit.expected || console.error(exit.message));
  try {
    return await Promise.race([work(environment(stack.urls)), signalled]);
  } finally {
    await stack.stop();
  }
}

/** Spawned test runners have process groups of their own: none must outlive this process. */
export const { endWithUs, hasEnded, StackError } = embedded;

function urlsFrom(env) {
  const given = Object.entries(variables).flatMap(([url, name]) => (env[name] ? [[url, env[name]]] : []));
  return Object.fromEntries(given);
}

function environment(urls) {
  return { ...process.env, ...Object.fromEntries(Object.entries(variables).map(([url, name]) => [name, urls[url]])) };
}
