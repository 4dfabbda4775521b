import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { type ConsumerOptions, EventPattern, type FactContext, type ReceivedFact } from '@plaza/kafka';
import type { ConnectionFact } from './connection-news.js';
import { Connections } from './connections.service.js';
import { PresenceTeller } from './presence.teller.js';

// Not marked one by one: what comes again says nothing new, and the next heartbeat says all of it.
const presence: ConsumerOptions = { consumer: 'presence', marks: false, batch: true };

/** Who is connected, from what all gateways say. */
@Controller()
export class ConnectionsConsumer {
  constructor(
    private readonly connections: Connections,
    private readonly teller: PresenceTeller,
  ) {}

  @EventPattern(['connection.opened', 'connection.closed', 'connection.held'], presence)
  async onConnections(@Payload() facts: ReceivedFact<ConnectionFact>[], @Ctx() context: FactContext): Promise<void> {
    const beats = await this.connections.take(
      context.session,
      facts.map(({ fact }) => fact),
    );
    context.afterCommit(() => this.connections.stored(beats));
    context.afterCommit(() => this.teller.wake());
  }
}
