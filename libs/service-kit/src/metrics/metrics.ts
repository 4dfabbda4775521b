import { collectDefaultMetrics, Registry } from 'prom-client';

/** Memory, CPU, event loop and garbage collection belong to the process, however many services are in it. */
let processRegistry: Registry | undefined;
const services = new Set<Registry>();

/** A registry for a service's own metrics, which are labelled with its name. */
export function createRegistry(service: string): Registry {
  if (!processRegistry) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry, eventLoopMonitoringPrecision: 50 });
  }
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  return registry;
}

/** From now on its metrics are among those of the process. */
export function showRegistry(registry: Registry): void {
  services.add(registry);
}

/** Its metrics are not shown any more. */
export function dropRegistry(registry: Registry): void {
  services.delete(registry);
  registry.clear();
}

export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/**
 * The metrics of this process and of all services in it: in all-in-one only the gateway has a port, so what it shows must
 * be everything.
 */
export async function metricsOfProcess(): Promise<string> {
  const registries = [...services, ...(processRegistry ? [processRegistry] : [])];
  return joinExpositions(await Promise.all(registries.map((registry) => registry.metrics())));
}

/** In one text a metric's head may stand only once, before all of its samples. */
export function joinExpositions(texts: readonly string[]): string {
  const byName = new Map<string, string>();
  for (const block of texts.flatMap((text) => text.split(/^(?=# HELP )/m)).filter((text) => text.trim() !== '')) {
    const [help = '', type = '', ...samples] = block.trimEnd().split('\n');
    const name = help.split(' ', 3)[2] ?? '';
    byName.set(name, [byName.get(name) ?? `${help}\n${type}`, ...samples].join('\n'));
  }
  return `${[...byName.values()].join('\n\n')}\n`;
}
