import { Module } from '@nestjs/common';
import { Frames } from './stream/frames.js';
import { StreamConsumer } from './stream/stream.consumer.js';

/**
 * What of the gateway is Nest's: the consumer of what clients see. All else is in raw Fastify routes (gateway.ts): a controller
 * would read bodies that only pass through.
 */
@Module({ controllers: [StreamConsumer], providers: [Frames] })
export class AppModule {}
