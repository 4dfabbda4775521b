import { gatewayOver, MemoryUpstream, ROUTED_SERVICES } from '@plaza/api-gateway';
import { type RunningService, type StartOptions, startService } from '@plaza/service-kit';
import { services } from './services.js';

export interface Platform {
  /** The gateway and the services, by name. */
  readonly running: ReadonlyMap<string, RunningService>;
  /** The gateway stops taking requests and answers those it has, then the services stop: within 10 s. May be called again. */
  stop(): Promise<void>;
}

/** Together below the 10 s within which a process has to end. */
const GATEWAY_STOP_MS = 3_500;
const SERVICES_STOP_MS = 6_000;

/** A small pool for each service: they share one PostgreSQL with each other and with who develops. */
const POOL_SIZE = '8';

/**
 * Starts all services and the gateway in this process, side by side. Only the gateway listens; it hands requests to the
 * services in memory, and answers 503 for one that is not there yet. Settles when all of them run.
 * @throws the first error of a service's start, having stopped the others
 */
export async function startPlatform(
  processEnv: NodeJS.ProcessEnv,
  options: Pick<StartOptions, 'signal' | 'onFatal'> = {},
): Promise<Platform> {
  const shared = { ...options, env: { PLAZA_POOL_SIZE: POOL_SIZE, ...processEnv } };
  const running = new Map<string, RunningService>();
  const start = async (starting: Promise<RunningService>) => {
    const service = await starting;
    running.set(service.name, service);
  };
  const stop = () => stopAll(running);
  const gateway = gatewayOver(() => upstreams(running));
  const starts = await Promise.allSettled([
    start(startService(gateway, shared)),
    ...services.map((service) => start(startService(service, { ...shared, listen: false }))),
  ]);
  const failed = starts.find((one) => one.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return { running, stop };
}

function upstreams(running: ReadonlyMap<string, RunningService>): MemoryUpstream[] {
  const names = new Set<string>(services.map(({ name }) => name));
  return ROUTED_SERVICES.filter((name) => names.has(name)).map(
    (name) => new MemoryUpstream(name, () => running.get(name)),
  );
}

/** The gateway is given time to answer what it has begun; all together must end before the process is killed. */
async function stopAll(running: ReadonlyMap<string, RunningService>): Promise<void> {
  await within(GATEWAY_STOP_MS, running.get('api-gateway')?.stop());
  await within(SERVICES_STOP_MS, Promise.all([...running.values()].map((service) => service.stop())));
}

async function within(ms: number, ending: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([ending, late]);
  clearTimeout(timer);
}
