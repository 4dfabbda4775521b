import { Module } from '@nestjs/common';
import { PostsModule } from '../posts/posts.module.js';
import { AuthorModes } from './author-modes.js';
import { Backfill } from './backfill.js';
import { FanOutJob } from './fan-out.job.js';
import { FanOut } from './fan-out.js';
import { FeedConsumer } from './feed.consumer.js';
import { FeedController } from './feed.controller.js';
import { FeedService } from './feed.service.js';
import { FeedLimits } from './feed-limits.js';
import { Readers } from './readers.js';
import { RemovalJob } from './removal.job.js';
import { ThresholdJob } from './threshold.job.js';
import { TimelineTrim } from './timeline-trim.js';

/** The home feeds: how posts come into them, and how they are read. */
@Module({
  imports: [PostsModule],
  controllers: [FeedController, FeedConsumer],
  providers: [
    FeedService,
    FeedLimits,
    FanOut,
    FanOutJob,
    RemovalJob,
    Readers,
    Backfill,
    AuthorModes,
    ThresholdJob,
    TimelineTrim,
  ],
  exports: [Readers],
})
export class FeedModule {}
