import { Module } from '@nestjs/common';
import { MeController } from './me.controller.js';
import { ProfilesService } from './profiles.service.js';
import { UserSearch } from './user-search.service.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({ controllers: [MeController, UsersController], providers: [UsersService, ProfilesService, UserSearch] })
export class UsersModule {}
