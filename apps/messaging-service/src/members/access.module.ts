import { Module } from '@nestjs/common';
import { MemberAccess } from './member-access.js';

/** Who may see a conversation: for every feature that shows or changes one. */
@Module({ providers: [MemberAccess], exports: [MemberAccess] })
export class AccessModule {}
