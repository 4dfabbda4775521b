import { ApiPropertyOptional } from '@nestjs/swagger';
import { type PrivacyLevel, privacyLevels } from '@plaza/contracts';
import { both, ClearableText, isWebUrl, mayBe, PageQuery, Text } from '@plaza/service-kit';
import { IsIn, ValidateBy } from 'class-validator';
import { isBirthDate } from './birth-date.js';
import type { ProfileFields } from './user-row.js';

const MAX_URL = 2_048;

/** Body of PATCH /v1/users/me: what is absent stays as it is. */
export class UpdateProfile implements Partial<ProfileFields> {
  @ClearableText({ max: 100, example: 'Alice' }) firstName?: string | null;
  @ClearableText({ max: 100, example: 'Liddell' }) lastName?: string | null;
  @ChangeableText({ max: 100, example: 'Alice Liddell' }) displayName?: string;
  @ClearableText({ max: 1_000, lines: true, example: 'Curious, and curiouser.' }) bio?: string | null;
  @ClearableUrl('Picture, http or https') avatarUrl?: string | null;
  @ClearableUrl('Wide picture, http or https') coverImageUrl?: string | null;
  @ClearableDay('Day of birth, in the past') birthDate?: string | null;
  @ClearableText({ max: 50, example: 'female' }) gender?: string | null;
  @ClearableText({ max: 200, example: 'Oxford' }) location?: string | null;
  @ClearableUrl('http or https') website?: string | null;

  @ApiPropertyOptional({ enum: privacyLevels, enumName: 'PrivacyLevel' })
  @mayBe(undefined)
  @IsIn(privacyLevels)
  privacyLevel?: PrivacyLevel;
}

/** Query of GET /v1/users. */
export class SearchUsers extends PageQuery {
  @Text({
    description: 'Part of a username or a display name; below 3 characters the beginning of a username',
    max: 100,
    example: 'ali',
  })
  q: string;
}

/** May be left out, but not null. */
function ChangeableText(rule: { max: number; example?: string }): PropertyDecorator {
  return both(mayBe(undefined), Text(rule), ApiPropertyOptional());
}

function ClearableUrl(description: string): PropertyDecorator {
  const schema = { description, type: String, format: 'uri', nullable: true, maxLength: MAX_URL };
  return both(
    mayBe(undefined, null),
    ValidateBy({
      name: 'webUrl',
      validator: {
        validate: (value) => isWebUrl(value, MAX_URL),
        defaultMessage: () => `must be an http or https URL of at most ${MAX_URL} characters`,
      },
    }),
    ApiPropertyOptional(schema),
  );
}

function ClearableDay(description: string): PropertyDecorator {
  return both(
    mayBe(undefined, null),
    ValidateBy({
      name: 'birthDate',
      validator: {
        validate: (value) => isBirthDate(value, new Date()),
        defaultMessage: () => 'must be a day in the past, such as 1990-12-31',
      },
    }),
    ApiPropertyOptional({ description, type: String, format: 'date', nullable: true, example: '1990-12-31' }),
  );
}
