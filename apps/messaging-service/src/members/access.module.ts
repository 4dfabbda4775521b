import { Module } from '@nestjs/common';
import { RelationsModule } from '../relations/relations.module.js';
import { Invitees } from './invitees.js';
import { MemberAccess } from './member-access.js';

/** Who may see a conversation and who may be brought into one: for every feature that shows or changes one. */
@Module({ imports: [RelationsModule], providers: [MemberAccess, Invitees], exports: [MemberAccess, Invitees] })
export class AccessModule {}
