import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Follow } from './follow.entity.js';
import { FollowListsService } from './follow-lists.service.js';
import { FollowsController } from './follows.controller.js';
import { FollowsService } from './follows.service.js';
import { SocialController } from './social.controller.js';

@Module({
  imports: [TypeOrmModule.forFeature([Follow])],
  controllers: [FollowsController, SocialController],
  providers: [FollowsService, FollowListsService],
})
export class FollowsModule {}
