import { ApiPropertyOptional } from '@nestjs/swagger';
import { type Emotion, emotions } from '@plaza/contracts';
import { PageQuery } from '@plaza/service-kit';
import { IsIn, IsOptional } from 'class-validator';

/** Query of GET /v1/messages/{id}/reactions. */
export class ReactionsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: emotions, enumName: 'Emotion', description: 'Only these' })
  @IsOptional()
  @IsIn(emotions)
  emotion?: Emotion;
}
