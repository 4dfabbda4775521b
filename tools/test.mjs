// `npm test`: every package's tests on servers started for this run. The last line is the sum: `N passed, N failed`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithUs, environmentOf, hasEnded, StackError, withStack } from './test-stack.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const results = join(root, 'test-results');
rmSync(results, { recursive: true, force: true });

let exitCode = 1;
try {
  exitCode = await withStack((stack, stopped) => runTests(environmentOf(stack.urls), stopped));
} catch (error) {
  console.error(error instanceof StackError ? error.message : error);
}
const sum = summary();
// Nx can fail with no test failed, as when it cannot read the workspace: never a green last line then.
if (exitCode !== 0 && sum.failed === 0) sum.failed = 1;
console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
process.exitCode = sum.failed > 0 ? exitCode || 1 : 0;

async function runTests(env, stopped) {
  const args = ['run-many', '-t', 'test', '--parallel=2', '--outputStyle=stream', ...process.argv.slice(2)];
  const nx = spawn(process.execPath, [join(root, 'node_modules/nx/dist/bin/nx.js'), ...args], {
    cwd: root,
    // The daemon would stay behind.
    env: { ...env, NX_DAEMON: 'false', NX_TUI: 'false' },
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  endWithUs(nx.pid);
  stopped.addEventListener('abort', () => nx.exitCode ?? process.kill(-nx.pid, 'SIGKILL'));
  const [code] = await once(nx, 'exit');
  hasEnded(nx.pid);
  return code ?? 1;
}

function summary() {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const project of projectsToTest()) add(sum, project);
  return sum;
}

function add(sum, project) {
  const file = join(results, `${project}.json`);
  if (!existsSync(file)) {
    console.error(`${project}: its tests ended without a result, see above.`);
    sum.failed += 1;
    return;
  }
  const result = JSON.parse(readFileSync(file, 'utf8'));
  sum.passed += result.numPassedTests;
  // A file that could not even be loaded has no failed tests, but did not pass either.
  sum.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  sum.skipped += result.numPendingTests + result.numTodoTests;
}

function projectsToTest() {
  const packages = ['tools/package.json', ...globSync('{apps,libs}/*/package.json', { cwd: root })];
  return packages
    .filter((path) => JSON.parse(readFileSync(join(root, path), 'utf8')).scripts?.test)
    .map((path) => basename(dirname(path)));
}
