import type { Logger } from 'pino';
import type { RoutedService } from '../routes.js';
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

  /**
   * Asks whether a request may be handed over now; the pass is for `send`.
   * @throws Unavailable while the service is left in peace
   */
  admit(): Pass {
    const pass = this.breaker.admit();
    if (!pass) throw serviceAbsent(this.service, this.breaker.retryAfter);
    return pass;
  }

  /** @throws as `Upstream.send` */
  async send(exchange: Exchange, pass: Pass): Promise<void> {
    try {
      await this.upstream.send(exchange);
      this.report(pass, 'answered');
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
