import { Module } from '@nestjs/common';
import { ReplicaConsumer } from './replica.consumer.js';

/** What this service keeps of who blocks and who mutes whom. */
@Module({ controllers: [ReplicaConsumer] })
export class ReplicaModule {}
