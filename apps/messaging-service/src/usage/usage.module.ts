import { Module } from '@nestjs/common';
import { UsageConsumer } from './usage.consumer.js';
import { UsageTeller } from './usage.teller.js';
import { UsageCounts } from './usage-counts.js';
import { UsageSharing } from './usage-sharing.js';

/** How much people use messaging, by day. */
@Module({ controllers: [UsageConsumer], providers: [UsageCounts, UsageSharing, UsageTeller] })
export class UsageModule {}
