import type { Platform } from './platform.js';
import { SERVICES, settingOf } from './services.js';

/**
 * The sum of a metric over the services (separate processes), of the samples with these labels. A counter that has never
 * counted has no sample and is 0. @throws where a service does not know the metric
 */
export async function sumOf(platform: Platform, metric: string, labels: Record<string, string> = {}): Promise<number> {
  let sum = 0;
  for (const service of SERVICES) {
    const port = platform.env[settingOf(service, 'PORT')];
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    if (!text.includes(`# TYPE ${metric} `)) throw new Error(`${service}: there is no metric ${metric}`);
    for (const line of text.split('\n')) {
      const wanted = Object.entries(labels).every(([name, value]) => line.includes(`${name}="${value}"`));
      if (line.startsWith(`${metric}{`) && wanted) sum += Number(line.split(' ').at(-1));
    }
  }
  return sum;
}
