// `npm test`: every package's tests on servers started for this run. The last line is the sum: `N passed, N failed`.
// Arguments go to Nx: `npm test -- -p kafka` tests one package.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithUs, environmentOf, hasEnded, StackError, withStack } from './test-stack.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const results = join(root, 'test-results');
const selection = process.argv.slice(2);
rmSync(results, { recursive: true, force: true });

let exitCode = 1;
try {
  exitCode = await withStack(runTests);
} catch (error) {
  console.error(error instanceof StackError ? error.message : error);
}
const sum = summary();
// The build can fail, or Nx itself, with no test failed: never a green last line then.
if (exitCode !== 0 && sum.failed === 0) sum.failed = 1;
console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`);
process.exitCode = sum.failed > 0 ? exitCode || 1 : 0;

// Tests run on TypeScript; what is built is for those that start the platform's own processes.
async function runTests(stack, stopped) {
  const built = await run([join(root, 'tools/build.mjs')], process.env, stopped);
  if (built !== 0) return built;
  const nx = [join(root, 'node_modules/nx/dist/bin/nx.js'), 'run-many', '-t', 'test'];
  const how = ['--parallel=2', '--outputStyle=stream', ...selection];
  // The daemon would stay behind.
  return run([...nx, ...how], { ...environmentOf(stack.urls), NX_DAEMON: 'false', NX_TUI: 'false' }, stopped);
}

// In a process group of its own, so that whatever it has started can be ended with it.
async function run(args, env, stopped) {
  if (stopped.aborted) return 130;
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  const end = () => process.kill(-child.pid, 'SIGKILL');
  endWithUs(child.pid);
  stopped.addEventListener('abort', end);
  const [code] = await once(child, 'exit');
  stopped.removeEventListener('abort', end);
  hasEnded(child.pid);
  return code ?? 130;
}

function summary() {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const project of projectsToTest()) add(sum, project);
  return sum;
}

function add(sum, project) {
  const file = join(results, `${project}.json`);
  if (!existsSync(file)) {
    if (selection.length > 0) return;
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
