import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsUUID, Min, ValidateIf } from 'class-validator';

/** How far a member has come: by one of its messages or by a seq. */
export class UpTo {
  @ApiPropertyOptional({
    format: 'uuid',
    description: 'A message of the conversation; where it is given, no seq is needed',
  })
  @ValidateIf(({ messageId }) => messageId !== undefined)
  @IsUUID()
  @Transform(({ value }) => (typeof value === 'string' ? value.toLowerCase() : value))
  messageId?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'Past the last message it means that one' })
  @ValidateIf(({ messageId, seq }) => seq !== undefined || messageId === undefined)
  @IsInt()
  @Min(0)
  seq?: number;
}
