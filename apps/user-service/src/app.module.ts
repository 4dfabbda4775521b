import { Module } from '@nestjs/common';
import { AccountsModule } from './auth/accounts.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { SigningKeysModule } from './signing-keys/signing-keys.module.js';
import { UsersModule } from './users/users.module.js';

@Module({ imports: [AccountsModule, SessionsModule, SigningKeysModule, UsersModule] })
export class AppModule {}
