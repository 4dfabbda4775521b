import { ApiPropertyOptional } from '@nestjs/swagger';
import { type PrivacyLevel, privacyLevels } from '@plaza/contracts';
import { both, isWebUrl, mayBe } from '@plaza/service-kit';
import { Transform } from 'class-transformer';
import { IsIn, IsUUID, ValidateBy } from 'class-validator';
import { OptionalWords, Words } from '../text/words.js';
import type { PostChanges } from './post.entity.js';

const MAX_URL = 2_048;

/** Body of POST /v1/posts. */
export class CreatePost {
  @Words() content: string;
  @Privacy({ default: 'PUBLIC' }) privacy: PrivacyLevel = 'PUBLIC';
  @Link() linkUrl?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'A post to quote' })
  @mayBe(undefined)
  @LowerCase()
  @IsUUID()
  sharedPostId?: string;
}

/** Body of PATCH /v1/posts/{id}: what is absent stays as it is. */
export class EditPost implements PostChanges {
  @OptionalWords() content?: string;
  @Privacy() privacy?: PrivacyLevel;
}

/** Body of POST /v1/posts/{id}/share. */
export class SharePost {
  @OptionalWords() content?: string;
}

function Privacy(more: { default?: PrivacyLevel } = {}): PropertyDecorator {
  const schema = { enum: privacyLevels, enumName: 'PrivacyLevel', ...more };
  return both(mayBe(undefined), IsIn(privacyLevels), ApiPropertyOptional(schema));
}

function Link(): PropertyDecorator {
  const description = 'What the post is about, http or https; makes it a LINK';
  const example = 'https://example.org/article';
  return both(
    mayBe(undefined),
    ValidateBy({
      name: 'webUrl',
      validator: {
        validate: (value) => isWebUrl(value, MAX_URL),
        defaultMessage: () => `must be an http or https URL of at most ${MAX_URL} characters`,
      },
    }),
    ApiPropertyOptional({ description, type: String, format: 'uri', maxLength: MAX_URL, example }),
  );
}

/** An id in capitals is the same id. */
export function LowerCase(): PropertyDecorator {
  return Transform(({ value }) => (typeof value === 'string' ? value.toLowerCase() : value));
}
