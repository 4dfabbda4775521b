// Runs Jest for the package in whose folder it is started (`npm test -w libs/kafka`), on ES modules. Tests that need
// servers get those of `npm test` or `npm run test:servers`, else some of their own.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const results = join(root, 'test-results', `${basename(process.cwd())}.json`);
const STUCK_MS = 15_000;
const jest = [
  '--experimental-vm-modules',
  '--no-warnings',
  join(root, 'node_modules/jest/bin/jest.js'),
  ...['--config', join(root, 'tools/jest.config.mjs'), '--rootDir', process.cwd()],
  ...process.argv.slice(2),
];

mkdirSync(dirname(results), { recursive: true });
// What an earlier run has left must not pass for the result of one that crashed.
rmSync(results, { force: true });
process.exitCode = needsServers() ? await runWithServers() : await run(process.env);

function needsServers() {
  if (process.env.PLAZA_POSTGRES_URL && process.env.PLAZA_KAFKA_BROKERS) return false;
  if (!existsSync('test')) return false;
  return execFileSync(process.execPath, [...jest, '--listTests'], { encoding: 'utf8' }).includes('.int-spec.ts');
}

async function runWithServers() {
  const { environmentOf, runningServers, StackError, withStack } = await import('./test-stack.mjs');
  try {
    const running = await runningServers();
    if (running) return await run(running);
    return await withStack((stack, stopped) => run(environmentOf(stack.urls), stopped));
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    console.error(error.message);
    return 1;
  }
}

function run(env, stopped) {
  const child = spawn(process.execPath, [...jest, '--json', '--outputFile', results], { stdio: 'inherit', env });
  stopped?.addEventListener('abort', () => child.kill());
  const watch = endWhenStuck(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  }).finally(() => clearInterval(watch));
}

// Jest waits for ever for what a test left open; the run shall fail then, not hang.
function endWhenStuck(child) {
  if (jest.some((argument) => argument.startsWith('--watch'))) return undefined;
  return setInterval(() => {
    const written = statSync(results, { throwIfNoEntry: false })?.mtimeMs;
    if (written === undefined || Date.now() - written < STUCK_MS) return;
    console.error(`${basename(process.cwd())}: a test left something open that keeps Jest running. It was killed.`);
    child.kill('SIGKILL');
  }, 1000);
}
