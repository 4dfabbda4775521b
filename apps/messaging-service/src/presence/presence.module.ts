import { Module } from '@nestjs/common';
import { RelationsModule } from '../relations/relations.module.js';
import { Acquaintance } from './acquaintance.js';
import { ConnectionsConsumer } from './connections.consumer.js';
import { Connections } from './connections.service.js';
import { GatewayWatch } from './gateway-watch.js';
import { Momentary } from './momentary.js';
import { PresenceController } from './presence.controller.js';
import { PresenceService } from './presence.service.js';
import { PresenceTeller } from './presence.teller.js';

/** Who is there, from all devices and gateways. */
@Module({
  imports: [RelationsModule],
  controllers: [PresenceController, ConnectionsConsumer],
  providers: [PresenceService, PresenceTeller, GatewayWatch, Connections, Acquaintance, Momentary],
  exports: [Momentary],
})
export class PresenceModule {}
