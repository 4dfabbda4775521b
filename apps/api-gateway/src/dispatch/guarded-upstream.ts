import type { Logger } from 'pino';
import type { RoutedService } from '../routes.js';
import type { Call, CallAnswer } from './call.js';
import type { CircuitBreaker, Outcome, Pass } from './circuit-breaker.js';
import type { Exchange } from './exchange.js';
import { ServiceFailed, serviceAbsent } from './handover-problems.js';
import type { Upstream } from './upstream.js';

/** A service behind its circuit breaker. */
export class GuardedUpstream {
  constructor(
    readonly upstream: Upstream,
    readonly breaker: CircuitBreaker,
    private readonly logger: Logger,
  ) {}

  get service(): RoutedService {
    return this.upstream.service;
  }

  /** @throws Unavailable while the service is left in peace; else as `Upstream.send` */
  async send(exchange: Exchange): Promise<void> {
    const pass = this.breaker.admit();
    if (!pass) throw serviceAbsent(this.service, this.breaker.retryAfter);
    let reported = false;
    const report = (outcome: Outcome, err?: unknown) => {
      if (!reported) this.report(pass, outcome, err);
      reported = true;
    };
    try {
      await this.upstream.send({ ...exchange, answered: () => report('answered') });
      report('answered');
    } catch (error) {
      report(error instanceof ServiceFailed ? 'failed' : 'unknown', error);
      throw error;
    }
  }

  /** @throws Unavailable while the service is left in peace; else as `Upstream.call` */
  async call(call: Call, budget: number): Promise<CallAnswer> {
    const pass = this.breaker.admit();
    if (!pass) throw serviceAbsent(this.service, this.breaker.retryAfter);
    try {
      const answer = await this.upstream.call(call, budget);
      this.report(pass, 'answered');
      return answer;
    } catch (error) {
      this.report(pass, error instanceof ServiceFailed ? 'failed' : 'unknown', error);
      throw error;
    }
  }

  private report(pass: Pass, outcome: Outcome, err?: unknown): void {
    const changed = this.breaker.report(pass, outcome);
    if (changed === 'opened') this.logger.warn({ err }, `${this.service} does not answer: circuit opened`);
    if (changed === 'closed') this.logger.info(`${this.service} answers: circuit closed`);
  }
}
