import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { KafkaTransport } from '@plaza/kafka';
import { CONFIG, LOGGER, Ticker } from '@plaza/service-kit';
import type { Logger } from 'pino';
import type { MessagingConfig } from '../config.js';
import { Connections } from './connections.service.js';
import { PresenceTeller } from './presence.teller.js';

const EVERY_MS = 1_000;

/** Notices gateways that have died. */
@Injectable()
export class GatewayWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly ticker: Ticker;
  /** Since when gateways would have been heard of; they are not dead because Kafka was away, or this service. */
  private listeningSince: number | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: MessagingConfig,
    @Inject(LOGGER) logger: Logger,
    private readonly kafka: KafkaTransport,
    private readonly connections: Connections,
    private readonly teller: PresenceTeller,
  ) {
    this.ticker = new Ticker('watching gateways', EVERY_MS, () => this.watch(), logger);
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.ticker.stop();
  }

  private async watch(): Promise<void> {
    if (!this.hasListened(performance.now())) return;
    if (await this.connections.endSilent()) this.teller.wake();
  }

  private hasListened(now: number): boolean {
    const listens = this.kafka.consumers.some(({ name, state }) => name === 'presence' && state === 'running');
    this.listeningSince = listens ? (this.listeningSince ?? now) : undefined;
    return this.listeningSince !== undefined && now - this.listeningSince >= this.config.presenceGatewaySilence;
  }
}
