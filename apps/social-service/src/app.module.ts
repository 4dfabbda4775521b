import { Module } from '@nestjs/common';
import { UserCacheModule } from '@plaza/user-cache';
import { FollowsModule } from './follows/follows.module.js';
import { StatsModule } from './stats/stats.module.js';

@Module({ imports: [UserCacheModule.forRoot(), FollowsModule, StatsModule] })
export class AppModule {}
