import { Module } from '@nestjs/common';
import { AuditLog } from '../audit/audit-log.js';
import { SigningKeysModule } from '../signing-keys/signing-keys.module.js';
import { SessionCleanup } from './session-cleanup.job.js';
import { SessionEndings } from './session-endings.js';
import { SessionRefresh } from './session-refresh.service.js';
import { SessionStarts } from './session-starts.service.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';

@Module({
  imports: [SigningKeysModule],
  controllers: [SessionsController],
  providers: [SessionsService, SessionStarts, SessionRefresh, SessionEndings, SessionCleanup, AuditLog],
  exports: [SessionsService, SessionStarts, SessionRefresh, SigningKeysModule],
})
export class SessionsModule {}
