import { ApiProperty } from '@nestjs/swagger';

const count = { type: 'integer', minimum: 0 } as const;

/** How far somebody has come in a conversation. */
export class DeliveredView {
  @ApiProperty(count) readSeq: number;
  @ApiProperty(count) deliveredSeq: number;
}

export class ReadView extends DeliveredView {
  @ApiProperty(count) unreadCount: number;
}
