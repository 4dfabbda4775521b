import type { RunningService } from '@plaza/service-kit';
import type { RoutedService } from '../routes.js';
import { type Call, type CallAnswer, jsonOf } from './call.js';
import type { Exchange } from './exchange.js';
import { ServiceFailed, serviceAbsent } from './handover-problems.js';
import type { Upstream } from './upstream.js';
import { watch } from './watch.js';

/** A service of this process: requests are handed to its Fastify as they are, without a second HTTP message. */
export class MemoryUpstream implements Upstream {
  /** @param running the service, once it runs; undefined while it does not */
  constructor(
    readonly service: RoutedService,
    private readonly running: () => RunningService | undefined,
  ) {}

  send(exchange: Exchange): Promise<void> {
    return new Promise((resolve, reject) => {
      const target = this.running();
      if (!target) return reject(serviceAbsent(this.service));
      const { request, response } = exchange;
      watch(exchange, this.service, (why) => {
        // The service does not know that it is no longer listened to: what it still writes goes nowhere, and an error
        // event for that must not end the process.
        response.on('error', () => undefined);
        reject(why);
      });
      response.once('close', resolve);
      target.handle(request, response);
    });
  }

  async call({ method, path: url, headers, body }: Call, budget: number): Promise<CallAnswer> {
    const target = this.running();
    if (!target) throw serviceAbsent(this.service);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new ServiceFailed(this.service, 'does not answer')), budget);
    });
    try {
      const answer = await Promise.race([target.app.inject({ method, url, headers, payload: body }), late]);
      return { status: answer.statusCode, headers: answer.headers, body: jsonOf(answer.payload) };
    } finally {
      clearTimeout(timer);
    }
  }

  async ask(path: string): Promise<unknown> {
    const target = this.running();
    if (!target) throw serviceAbsent(this.service);
    const answer = await target.app.inject({ method: 'GET', url: path });
    if (answer.statusCode !== 200) throw new Error(`${this.service} answered ${answer.statusCode} to ${path}`);
    return answer.json();
  }

  async started(): Promise<boolean> {
    return (await this.running()?.readiness())?.started ?? false;
  }

  /** Services of this process are stopped by who started them. */
  async close(): Promise<void> {}
}
