// Builds what has changed since the last build (Nx knows), and shows what the compilers say only when one of them fails.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const nx = createRequire(import.meta.url).resolve('nx/bin/nx.js');
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [nx, 'run-many', '-t', 'build', '--outputStyle=static'],
  {
    cwd: join(dirname(fileURLToPath(import.meta.url)), '..'),
    // No daemon: what is started here ends here.
    env: { ...process.env, NX_DAEMON: 'false' },
    encoding: 'utf8',
  },
);
if (status !== 0) {
  console.error(`${stdout}\n${stderr}\nThe build failed.`);
  process.exit(status ?? 1);
}
