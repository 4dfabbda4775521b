import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../../..');

/** A process that runs `start`, which sees `say`, `signals` and SettingsInvalid; says what it printed and how it ended. */
class Subject {
  private output = '';
  private readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; output: string }>;

  constructor(start: string) {
    const program = `
      import { runProcess } from './libs/service-kit/src/service/run-process.ts';
      import { SettingsInvalid } from './libs/service-kit/src/config/read-settings.ts';
      const say = (text) => process.stdout.write(text + '\\n');
      const forever = setInterval(() => undefined, 1000);
      await runProcess('test', async (signals) => { ${start} });`;
    const flags = ['--no-warnings', '--experimental-transform-types', '--import', './tools/source.mjs'];
    this.child = spawn(process.execPath, [...flags, '--input-type=module', '-e', program], { cwd: root });
    this.child.stdout?.on('data', (data) => {
      this.output += data;
    });
    this.ended = once(this.child, 'exit').then(([code]) => ({ code, output: this.output }));
  }

  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) await once(this.child.stdout ?? this.child, 'data');
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

const STOPS = "return { stop: async () => say('stopped') };";

it.each(['SIGTERM', 'SIGINT'] as const)('stops in order after %s and ends with 0', async (signal) => {
  const subject = new Subject(`setTimeout(() => say('runs')); ${STOPS}`);
  await subject.says('runs');
  subject.kill(signal);
  expect(await subject.ended).toMatchObject({ code: 0, output: expect.stringContaining('stopped') });
});

it('takes two signals in one moment for one', async () => {
  const subject = new Subject(
    "setTimeout(() => say('runs')); return { stop: () => new Promise((done) => setTimeout(done, 300)) };",
  );
  await subject.says('runs');
  subject.kill('SIGINT');
  subject.kill('SIGTERM');
  expect((await subject.ended).code).toBe(0);
});

it('ends at once after a later second signal, though the stop hangs', async () => {
  const subject = new Subject("setTimeout(() => say('runs')); return { stop: () => new Promise(() => say('hangs')) };");
  await subject.says('runs');
  subject.kill('SIGTERM');
  await subject.says('hangs');
  const again = setInterval(() => subject.kill('SIGTERM'), 100);
  expect((await subject.ended).code).toBe(1);
  clearInterval(again);
});

it('stops what was still starting when the signal came', async () => {
  const subject = new Subject(
    `say('starts'); await new Promise((go) => signals.signal.addEventListener('abort', go)); ${STOPS}`,
  );
  await subject.says('starts');
  subject.kill('SIGTERM');
  expect(await subject.ended).toMatchObject({ code: 0, output: expect.stringContaining('stopped') });
});

it('ends with 1, logged, after a rejection that nobody handled', async () => {
  const subject = new Subject(`setTimeout(() => Promise.reject(new Error('nobody cares'))); ${STOPS}`);
  const { code, output } = await subject.ended;
  expect(code).toBe(1);
  expect(output).toMatch(/"level":"fatal".*nobody cares/);
});

it('stops in order and ends with 1 when what runs can not go on', async () => {
  const subject = new Subject(`setTimeout(() => signals.onFatal(new Error('lost'))); ${STOPS}`);
  expect(await subject.ended).toMatchObject({ code: 1, output: expect.stringContaining('stopped') });
});

it('ends with 78 for settings that are not right, and lists them', async () => {
  const subject = new Subject("throw new SettingsInvalid('test', ['PORT is missing', 'HOST is missing']);");
  const { code, output } = await subject.ended;
  expect(code).toBe(78);
  expect(output).toContain('PORT is missing\\n  - HOST is missing');
});

it('ends with 1 for a start that fails otherwise', async () => {
  const { code, output } = await new Subject("throw new Error('no luck');").ended;
  expect(code).toBe(1);
  expect(output).toMatch(/could not start/);
});
