import { ApiPropertyOptional } from '@nestjs/swagger';
import { both, PageQuery, Text } from '@plaza/service-kit';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';

/** Query of GET /v1/conversations/{id}/messages: one of the three at most. */
export class HistoryQuery extends PageQuery {
  @Seq(1, 'Messages before this one, newest first') beforeSeq?: number;
  @Seq(0, 'Messages after this one, oldest first') afterSeq?: number;
  @Seq(1, 'This message between those around it, oldest first') aroundSeq?: number;
}

/** Query of GET /v1/messages/search. */
export class SearchQuery extends PageQuery {
  @Text({ description: 'Words, all of which a message has', max: 200 }) q: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only in this conversation' })
  @Transform(({ value }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsOptional()
  @IsUUID()
  conversationId?: string;
}

/** Body of PATCH /v1/messages/{id}. */
export class EditMessage {
  @Text({ max: 4_000, lines: true }) content: string;
}

const deletions = ['me', 'all'] as const;

/** Query of DELETE /v1/messages/{id}. */
export class DeleteQuery {
  @ApiPropertyOptional({ enum: deletions, default: 'all', description: 'For whom it is gone' })
  @IsIn(deletions)
  for: (typeof deletions)[number] = 'all';
}

function Seq(min: number, description: string): PropertyDecorator {
  return both(
    ApiPropertyOptional({ type: 'integer', minimum: min, description }),
    // Only plain digits count as a number.
    Transform(({ value }) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value)),
    IsOptional(),
    IsInt(),
    Min(min),
    Max(Number.MAX_SAFE_INTEGER),
  );
}
