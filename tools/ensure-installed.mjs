// Runs before `npm start` and `npm test`, on whatever Node the machine has: installs the packages when they are missing
// or older than the lock file, so that a fresh clone needs no `npm ci` first.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modifiedAt = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

// npm writes node_modules/.package-lock.json last, so an interrupted install is seen as missing.
if (modifiedAt('node_modules/.package-lock.json') < modifiedAt('package-lock.json')) {
  console.log('Installing the npm packages (once, until the lock file changes) ...');
  const installing = { ...process.env };
  // Set by the outer npm for this script; handed on, it would make the inner npm believe that it runs one of our scripts.
  for (const name of Object.keys(installing)) if (/^npm_(lifecycle|package)_/.test(name)) delete installing[name];
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit', env: installing });
}
