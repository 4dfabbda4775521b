import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../../..');

/** What a process of its own has on its standard output when it ends. */
function outputOf(code: string): string[] {
  const program = `
    import { pino } from 'pino';
    import { processOutput } from './libs/service-kit/src/logs/process-output.ts';
    const log = pino({ base: null, timestamp: false }, processOutput());
    ${code}`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: root,
    encoding: 'utf8',
  });
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).msg);
}

it('has every line when the process ends by itself, or by process.exit', () => {
  expect(outputOf("log.info('one'); log.warn('two');")).toEqual(['one', 'two']);
  expect(outputOf("log.info('one'); log.warn('two'); process.exit(1);")).toEqual(['one', 'two']);
});

it('has an error, and what came before it, even if the process is killed the moment after', () => {
  expect(outputOf("log.info('one'); log.error('two'); process.kill(process.pid, 'SIGKILL');")).toEqual(['one', 'two']);
});

it('tears no line apart when much is written', () => {
  const lines = outputOf("for (let i = 0; i < 3000; i++) log[i % 100 ? 'info' : 'error']('x'.repeat(200));");
  expect(lines).toHaveLength(3_000);
});
