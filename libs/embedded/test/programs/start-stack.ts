// A program that starts a stack, says what it got, and stays until it is ended: what tests kill, or run without its tools.
import { StackError, type StackOptions, startStack } from '../../src/index.js';

const options: StackOptions = JSON.parse(process.argv[2] ?? '{}');
try {
  const { urls, servers } = await startStack(options);
  const pids = Object.values(servers).map((server) => server.pid);
  process.stdout.write(`${JSON.stringify({ urls, pids })}\n`);
  setInterval(() => undefined, 60_000);
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  process.stdout.write(`${JSON.stringify({ error: error.message })}\n`);
}
