import { Module } from '@nestjs/common';

/** All of the gateway is in raw Fastify routes (gateway.ts): a controller would read bodies that only pass through. */
@Module({})
export class AppModule {}
