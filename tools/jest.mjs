// Runs Jest for the package in whose folder it is started (`npm test -w libs/kafka`), on ES modules.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const project = basename(process.cwd());
const results = join(root, 'test-results', `${project}.json`);
mkdirSync(dirname(results), { recursive: true });
const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings',
    join(root, 'node_modules/jest/bin/jest.js'),
    '--config',
    join(root, 'tools/jest.config.mjs'),
    '--rootDir',
    process.cwd(),
    '--json',
    '--outputFile',
    results,
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
