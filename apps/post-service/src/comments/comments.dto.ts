import { ApiPropertyOptional } from '@nestjs/swagger';
import { mayBe } from '@plaza/service-kit';
import { Transform } from 'class-transformer';
import { IsUUID } from 'class-validator';
import { Words } from '../text/words.js';

/** Body of POST /v1/posts/{id}/comments. */
export class CreateComment {
  @Words() content: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The comment of the same post that this one answers' })
  @Transform(({ value }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @mayBe(undefined)
  @IsUUID()
  parentCommentId?: string;
}

/** Body of PATCH /v1/comments/{id}. */
export class EditComment {
  @Words() content: string;
}
