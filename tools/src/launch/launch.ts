import { developmentPorts, type Stack, StackError, type StackUrls, startStack } from '@plaza/embedded';
import { ready } from './banner.js';
import { requirePorts } from './ports.js';
import { removeRunFile, whatRuns, writeRunFile } from './run-file.js';
import { secretSettings } from './secrets.js';
import { type LauncherSettings, launcherSettings } from './settings.js';
import { StopRequest } from './stop-request.js';
import { logOf, SupervisedProcess } from './supervised-process.js';
import { type PlatformProcess, processesOf, type Topology } from './topology.js';
import { untilStarted } from './until-started.js';

/** Starts the servers and the platform on them, and keeps both until it is asked to stop. Sets the exit code. */
export async function launch(topology: Topology): Promise<void> {
  const stop = new StopRequest();
  try {
    const failure = await new Launch(topology, stop).run();
    if (failure !== undefined) complain(failure);
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    complain(error.message);
  } finally {
    stop.cancel();
  }
}

function complain(message: string): void {
  console.error(`\n${message}`);
  process.exitCode = 1;
}

class Launch {
  private readonly settings: LauncherSettings = launcherSettings(process.env);
  private readonly plan: PlatformProcess[];
  private processes: SupervisedProcess[] = [];
  private stack?: Stack;

  constructor(
    topology: Topology,
    private readonly stop: StopRequest,
  ) {
    this.plan = processesOf(topology, this.settings, process.env);
  }

  /** Gives the failure that ended it, or undefined when it was asked to end. */
  async run(): Promise<string | undefined> {
    await this.refuseSecond();
    await requirePorts(this.plan);
    const secrets = await secretSettings(this.settings.home, process.env);
    try {
      await this.startAll(secrets);
      return await this.stop.made;
    } finally {
      await this.endAll();
    }
  }

  private async refuseSecond(): Promise<void> {
    const running = await whatRuns(this.settings.home);
    if (running) throw new StackError(`Plaza runs already, at ${running.url} (process ${running.pid}).`);
  }

  /** The platform's processes start beside the servers and wait for them. */
  private async startAll(secrets: NodeJS.ProcessEnv): Promise<void> {
    const began = performance.now();
    console.log('Starting Plaza and its servers ...');
    this.stack = await startStack({
      dataDir: this.settings.data,
      ports: developmentPorts(),
      external: this.settings.external,
      log: (line) => console.log(line),
      known: (urls) => this.startProcesses({ ...secrets, ...serverSettings(urls) }),
    });
    for (const server of Object.values(this.stack.servers)) {
      server.onExit(({ expected, message }) => {
        if (!expected)
          this.stop.fail(
            `${message}\nEverything was stopped; nothing that was answered is lost. Start again: npm start`,
          );
      });
    }
    await this.noteWhatRuns();
    const started = await untilStarted({
      url: this.settings.url,
      given: () => this.stop.isMade,
      say: (line) => console.log(line),
    });
    if (started) console.log(ready(this.settings, performance.now() - began));
  }

  private startProcesses(shared: NodeJS.ProcessEnv): void {
    this.processes = this.plan.map((one) => {
      const process = { ...one, env: { ...shared, ...one.env } };
      return new SupervisedProcess(process, {
        log: logOf(this.settings.home, one.name),
        say: (line) => console.error(`\n${line}`),
        givenUp: (reason) => this.stop.fail(reason),
        restarted: () => void this.noteWhatRuns(),
      });
    });
    for (const process of this.processes) process.start();
  }

  private async noteWhatRuns(): Promise<void> {
    const { stack, settings } = this;
    if (!stack) return;
    const running = [...this.processes, ...Object.values(stack.servers)];
    const processes = Object.fromEntries(running.map(({ name, pid }) => [name, pid ?? 0]));
    await writeRunFile(settings.home, { pid: process.pid, url: settings.url, ...stack.urls, processes });
  }

  /** The gateway first, then the services, then what they stand on. */
  private async endAll(): Promise<void> {
    console.log('\nStopping ...');
    const [front, ...services] = this.processes;
    await front?.stop();
    await Promise.all(services.map((service) => service.stop()));
    await this.stack?.stop();
    await removeRunFile(this.settings.home);
  }
}

function serverSettings({ postgresUrl, kafkaBrokers, mongodbUrl }: StackUrls): NodeJS.ProcessEnv {
  return {
    PLAZA_POSTGRES_URL: postgresUrl,
    PLAZA_KAFKA_BROKERS: kafkaBrokers,
    PLAZA_MONGODB_URL: mongodbUrl,
    PLAZA_POOL_SIZE: process.env.PLAZA_POOL_SIZE ?? '8',
  };
}
