import { Inject, Injectable } from '@nestjs/common';
import { EphemeralProducer } from '@plaza/kafka';
import { LOGGER } from '@plaza/service-kit';
import type { Logger } from 'pino';

/** What is worth something at once or not at all. */
@Injectable()
export class Momentary {
  constructor(
    private readonly producer: EphemeralProducer,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Sends facts at once, in their order; while Kafka is away nobody is told, and that is no error of who asked. Nor does who
   * asked wait for it: a network that is silent is noticed after seconds only.
   */
  send(facts: object[]): void {
    if (facts.length === 0) return;
    this.producer.send(...facts).catch((err) => {
      this.logger.warn({ err, facts: facts.length }, 'Nobody is told of something momentary');
    });
  }
}
