// `npm run new:service -- post-service --description "..."`: makes an app that starts, keeps its copy of the users in step
// and has a test, and adds it to all-in-one. What it makes is shown in docs/add-a-service.md.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { addToAllInOne, writeService } from './new-service/write-service.js';

const root = join(fileURLToPath(import.meta.url), '../../..');
const command = new Command('new:service')
  .description('Makes a service with a database in PostgreSQL; for one in MongoDB see apps/messaging-service')
  .argument('<name>', 'one of the services that the gateway has prefixes for, e.g. post-service')
  .requiredOption('--description <text>', 'what it does, in one line')
  .parse();
const [name = ''] = command.args;
const { description } = command.opts<{ description: string }>();

try {
  const files = await writeService(root, { name, description });
  await addToAllInOne(root, name);
  for (const file of files) console.log(`made ${file}`);
  execFileSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit' });
  execFileSync('npm', ['run', '--silent', 'generate'], { cwd: root, stdio: 'inherit' });
  console.log(`\n${name} is there. Next: npm test -w apps/${name}, then docs/add-a-service.md.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
