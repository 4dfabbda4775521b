import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PostsConsumer } from './posts.consumer.js';
import { SocialStats } from './social-stats.entity.js';
import { StatsController } from './stats.controller.js';
import { StatsService } from './stats.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([SocialStats])],
  controllers: [StatsController, PostsConsumer],
  providers: [StatsService],
})
export class StatsModule {}
