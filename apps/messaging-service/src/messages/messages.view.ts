import { ApiProperty } from '@nestjs/swagger';
import { UserSummary } from '@plaza/user-cache';
import type { MessageEditDocument } from '../storage/documents.js';

export class EditView {
  @ApiProperty({ description: 'What the message said before' }) content: string;
  @ApiProperty({ format: 'date-time', description: 'Until when' }) replacedAt: string;
}

export class ReaderView {
  @ApiProperty({ type: UserSummary }) user: UserSummary;
}

export function editView({ content, replaced_at }: MessageEditDocument): EditView {
  return { content, replacedAt: replaced_at.toISOString() };
}
