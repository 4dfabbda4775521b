import { ApiProperty } from '@nestjs/swagger';

export class UnreadTotals {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Unread messages in all conversations that the list shows' })
  messages: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Conversations that have any' })
  conversations: number;
}
