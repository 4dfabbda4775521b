import { ApiProperty } from '@nestjs/swagger';
import type { MemberDocument } from '../storage/documents.js';

const version = { type: 'integer', minimum: 0 } as const;

export class MembershipView {
  @ApiProperty({ format: 'uuid' }) conversationId: string;
  @ApiProperty({ ...version, description: 'Version of the frame that told of the joining' }) joinedVersion: number;
  @ApiProperty({ ...version, nullable: true, description: 'Of the one that told of the leaving; null while it lasts' })
  leftVersion: number | null;
}

export function membershipView(member: MemberDocument): MembershipView {
  const { conversation_id: conversationId, joined_clock: joinedVersion, left_clock: leftVersion } = member;
  return { conversationId, joinedVersion, leftVersion };
}
