import { ApiProperty } from '@nestjs/swagger';
import { type MemberRole, memberRoles } from '@plaza/contracts';
import { UserSummary } from '@plaza/user-cache';
import type { MemberDocument, MemberPermissions } from '../storage/documents.js';
import { type People, personIn } from './people.js';

const permission = { required: false } as const;

export class PermissionsView implements MemberPermissions {
  @ApiProperty(permission) send?: boolean;
  @ApiProperty(permission) media?: boolean;
  @ApiProperty(permission) invite?: boolean;
  @ApiProperty(permission) pin?: boolean;
  @ApiProperty(permission) manage?: boolean;
}

export class MemberView {
  @ApiProperty({ type: UserSummary }) user: UserSummary;
  @ApiProperty({ enum: memberRoles, enumName: 'MemberRole' }) role: MemberRole;
  @ApiProperty({ type: PermissionsView, description: 'What the member may do whatever the role says' })
  permissions: PermissionsView;
  @ApiProperty({ format: 'date-time' }) joinedAt: string;
}

export class MembersAdded {
  @ApiProperty({ type: [MemberView], description: 'Those who were no members before' }) added: MemberView[];
  @ApiProperty({ type: 'integer', minimum: 0 }) memberCount: number;
}

export function memberView(member: MemberDocument, people: People): MemberView {
  const { user_id: id, role, permissions, joined_at: joinedAt } = member;
  return { user: personIn(people, id), role, permissions: { ...permissions }, joinedAt: joinedAt.toISOString() };
}
