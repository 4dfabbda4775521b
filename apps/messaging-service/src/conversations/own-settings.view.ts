import { ApiProperty } from '@nestjs/swagger';
import type { MemberDocument } from '../storage/documents.js';

export class OwnSettingsView {
  @ApiProperty() archived: boolean;
  @ApiProperty() pinned: boolean;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'The year 9999: for ever' })
  mutedUntil: string | null;
}

export function ownSettingsView({ archived, pinned_at, muted_until }: MemberDocument): OwnSettingsView {
  return { archived, pinned: pinned_at !== null, mutedUntil: muted_until?.toISOString() ?? null };
}
