import { randomUUID } from 'node:crypto';
import { ConnectionClosed, ConnectionOpened, ConnectionsHeld, fact } from '@plaza/contracts';
import type { EphemeralProducer, Topics } from '@plaza/kafka';
import type { Logger } from 'pino';
import type { StreamClient } from './client.js';

export interface ConnectionFactsParts {
  ephemeral: Pick<EphemeralProducer, 'send'>;
  topics: Pick<Topics, 'ensure'>;
  logger: Logger;
}

type Open = Pick<StreamClient, 'connectionId' | 'user'>;

const TOPIC = 'connection';
const HEARTBEAT_MS = 10_000;
/** What happens in so short a time goes out together. */
const GATHER_MS = 50;
const CONNECTIONS_PER_FACT = 500;
const FACTS_AT_ONCE = 200;

/**
 * Tells who is connected to this gateway: what comes and goes at once, and every 10 s all of it. A fact that is lost while Kafka
 * is away is made good by the next heartbeat.
 */
export class ConnectionFacts {
  readonly gatewayId = randomUUID();
  private readonly open = new Map<string, Open>();
  private readonly waiting: object[] = [];
  private gathering: NodeJS.Timeout | undefined;
  private beating: NodeJS.Timeout | undefined;
  private sending: Promise<void> = Promise.resolve();
  private topicKnown = false;
  private beat = 0;

  constructor(private readonly parts: ConnectionFactsParts) {}

  start(): void {
    this.beating = setInterval(() => this.heartbeat(), HEARTBEAT_MS);
    this.beating.unref();
  }

  opened(connection: Open): void {
    this.open.set(connection.connectionId, connection);
    this.tell(fact(ConnectionOpened, { ...this.named(connection), openedAt: new Date().toISOString() }));
  }

  closed(connection: Open): void {
    this.open.delete(connection.connectionId);
    this.tell(fact(ConnectionClosed, { ...this.named(connection), closedAt: new Date().toISOString() }));
  }

  /** A last heartbeat: what is not in it is gone. */
  async stop(): Promise<void> {
    clearInterval(this.beating);
    this.heartbeat();
    this.flush();
    await this.sending;
  }

  private heartbeat(): void {
    this.beat += 1;
    const all = [...this.open.values()].map(({ connectionId, user }) => ({ connectionId, userId: user.id }));
    const parts = Math.max(1, Math.ceil(all.length / CONNECTIONS_PER_FACT));
    const heldAt = new Date().toISOString();
    for (let part = 1; part <= parts; part += 1) {
      const connections = all.slice((part - 1) * CONNECTIONS_PER_FACT, part * CONNECTIONS_PER_FACT);
      const { gatewayId, beat } = this;
      this.tell(fact(ConnectionsHeld, { gatewayId, beat, part, parts, connections, heldAt }));
    }
  }

  private named({ connectionId, user }: Open) {
    return { gatewayId: this.gatewayId, connectionId, userId: user.id };
  }

  private tell(one: object): void {
    this.waiting.push(one);
    this.gathering ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  private flush(): void {
    clearTimeout(this.gathering);
    this.gathering = undefined;
    while (this.waiting.length > 0) {
      const facts = this.waiting.splice(0, FACTS_AT_ONCE);
      this.sending = this.sending.then(() => this.send(facts));
    }
  }

  private async send(facts: object[]): Promise<void> {
    try {
      if (!this.topicKnown) await this.parts.topics.ensure([TOPIC]);
      this.topicKnown = true;
      await this.parts.ephemeral.send(...facts);
    } catch (err) {
      this.parts.logger.warn(
        { err, facts: facts.length },
        'Kafka was not told of connections; the next heartbeat will',
      );
    }
  }
}
