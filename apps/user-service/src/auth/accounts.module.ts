import { Module } from '@nestjs/common';
import { LoginFailuresCleanup } from '../login-throttle/login-failures-cleanup.job.js';
import { LoginThrottle } from '../login-throttle/login-throttle.service.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AuthController } from './auth.controller.js';
import { LoginService } from './login.service.js';
import { RegistrationService } from './registration.service.js';

@Module({
  imports: [SessionsModule],
  controllers: [AuthController],
  providers: [RegistrationService, LoginService, PasswordHasher, LoginThrottle, LoginFailuresCleanup],
})
export class AccountsModule {}
