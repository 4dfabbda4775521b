import { Inject, Injectable } from '@nestjs/common';
import { KafkaTransport } from '@plaza/kafka';
import { CONFIG, LOGGER } from '@plaza/service-kit';
import type { Logger } from 'pino';
import type { MessagingConfig } from '../config.js';
import { DueWork } from '../due-work/due-work.js';
import { Connections } from './connections.service.js';
import { PresenceTeller } from './presence.teller.js';

const EVERY_MS = 1_000;

/** Notices gateways that have died. */
@Injectable()
export class GatewayWatch extends DueWork {
  /** Since when gateways would have been heard of; they are not dead because Kafka was away, or this service. */
  private listeningSince: number | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: MessagingConfig,
    @Inject(LOGGER) logger: Logger,
    private readonly kafka: KafkaTransport,
    private readonly connections: Connections,
    private readonly teller: PresenceTeller,
  ) {
    super('watching gateways', EVERY_MS, logger);
  }

  protected async doDue(): Promise<void> {
    if (!this.hasListened(performance.now())) return;
    if (await this.connections.endSilent()) this.teller.wake();
  }

  private hasListened(now: number): boolean {
    const listens = this.kafka.consumers.some(({ name, state }) => name === 'presence' && state === 'running');
    this.listeningSince = listens ? (this.listeningSince ?? now) : undefined;
    return this.listeningSince !== undefined && now - this.listeningSince >= this.config.presenceGatewaySilence;
  }
}
