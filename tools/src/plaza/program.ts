import { Command } from 'commander';
import { listDeadLetters, replayDeadLetters, showDeadLetter } from './dead-letters.js';
import { findInstallation, type Installation } from './installation.js';
import { listJobs, retryJob } from './jobs.js';
import { migrate } from './migrate.js';
import type { Terminal } from './terminal.js';
import { replay, republish } from './topics.js';

type Action<O> = (installation: Installation, options: O, terminal: Terminal) => Promise<void>;

/** The commands of `plaza`. They throw OperatorError for what the operator can mend. */
export function plaza(terminal: Terminal): Command {
  const program = new Command('plaza').description('Operates a Plaza installation').exitOverride();
  program.addCommand(deadLetters(terminal));
  program.addCommand(jobs(terminal));
  program
    .command('republish')
    .description('publish a state topic anew from the database of the service that owns it')
    .requiredOption('--service <name>')
    .requiredOption('--topic <topic>', 'without prefix, e.g. follow')
    .action(run(terminal, republish));
  program
    .command('replay')
    .description('have a replayable consumer read its topics again')
    .requiredOption('--service <name>')
    .requiredOption('--consumer <purpose>', 'e.g. replica')
    .requiredOption('--from <time>', '`beginning`, or an ISO time')
    .action(run(terminal, replay));
  program
    .command('migrate')
    .description('bring databases up to date, or take migrations of one back')
    .option('--service <name>')
    .option('--down <number>', 'how many of the newest migrations to take back; needs --service')
    .action(run(terminal, migrate));
  return program;
}

function deadLetters(terminal: Terminal): Command {
  const command = new Command('dead-letters').description('facts that consumers could not apply').exitOverride();
  filtered(command.command('list').description('list them, the oldest first')).action(run(terminal, listDeadLetters));
  command
    .command('show <id>')
    .description('show one with its headers, payload and reason; the id as it is listed, e.g. social-service/12')
    .action((id: string) => run(terminal, showDeadLetter)({ id }));
  const again = command.command('replay').description('apply them again, each key in its order, and let the keys flow');
  filtered(again).action(run(terminal, replayDeadLetters));
  return command;
}

function jobs(terminal: Terminal): Command {
  const command = new Command('jobs').description('jobs that were given up').exitOverride();
  command.command('list').option('--service <name>').description('list them').action(run(terminal, listJobs));
  command
    .command('retry <id>')
    .description('have one tried again')
    .action((id: string) => run(terminal, retryJob)({ id }));
  return command;
}

function filtered(command: Command): Command {
  return command
    .option('--service <name>', 'only of this service, e.g. social-service or social')
    .option('--consumer <purpose>')
    .option('--topic <topic>', 'without prefix')
    .option('--key <key>');
}

function run<O>(terminal: Terminal, action: Action<O>): (options: O) => Promise<void> {
  return async (options) => action(await findInstallation(terminal.env), options, terminal);
}
