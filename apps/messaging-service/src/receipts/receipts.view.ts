import { ApiProperty } from '@nestjs/swagger';

const count = { type: 'integer', minimum: 0 } as const;

/** How far somebody has come in a conversation. */
export class ReceiptsView {
  @ApiProperty(count) readSeq: number;
  @ApiProperty(count) deliveredSeq: number;
  @ApiProperty(count) unreadCount: number;
}
