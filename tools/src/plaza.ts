// `npm run plaza -- <command>`: what operators do to an installation, running or not. `-- --help` lists it.
import { CommanderError } from 'commander';
import { OperatorError } from './plaza/operator-error.js';
import { plaza } from './plaza/program.js';

try {
  const program = plaza({ env: process.env, print: (line) => console.log(line) });
  await program.parseAsync();
} catch (error) {
  if (error instanceof OperatorError) console.error(error.message);
  else if (!(error instanceof CommanderError)) console.error(error);
  process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
}
