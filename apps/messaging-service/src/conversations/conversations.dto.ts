import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type ConversationType, conversationTypes } from '@plaza/contracts';
import { both, ClearableText, isWebUrl, mayBe, OptionalText, PageQuery, Text } from '@plaza/service-kit';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsObject, isRFC3339, ValidateBy, ValidateNested } from 'class-validator';
import { UserIds } from '../members/members.dto.js';
import { type SettingRole, settingRoles } from './conversation.view.js';

const MAX_URL = 2_048;
const NAME = { max: 100, example: 'Friends of Plaza' };
const DESCRIPTION = { max: 1_000, lines: true };

/** Body of POST /v1/conversations. */
export class CreateConversation {
  @ApiProperty({ enum: conversationTypes, enumName: 'ConversationType' })
  @IsIn(conversationTypes)
  type: ConversationType;

  @UserIds({ min: 0, max: 99, description: 'The others: one of a DIRECT conversation, at least one of a GROUP' })
  participantIds: string[];

  @OptionalText({ ...NAME, description: 'A GROUP or CHANNEL must have one' }) name?: string;
  @OptionalText(DESCRIPTION) description?: string;
  @Picture() avatarUrl?: string | null;
}

/** What members decide for a conversation: what is absent stays as it is. */
export class UpdateSettings {
  @ForRole('Who may send') send?: SettingRole;
  @ForRole('Who may add members') invite?: SettingRole;
  @ForRole('Who may pin messages') pin?: SettingRole;
}

/** Body of PATCH /v1/conversations/{id}: what is absent stays as it is. */
export class UpdateConversation {
  @both(mayBe(undefined), Text(NAME), ApiPropertyOptional()) name?: string;
  @ClearableText(DESCRIPTION) description?: string | null;
  @Picture() avatarUrl?: string | null;

  @ApiPropertyOptional({ type: UpdateSettings })
  @mayBe(undefined)
  @IsObject()
  @ValidateNested()
  @Type(() => UpdateSettings)
  settings?: UpdateSettings;
}

/** Query of GET /v1/conversations. */
export class ListConversations extends PageQuery {
  @Flag('true: those that I have archived') archived: boolean = false;
  @Flag('true: those of people who have asked to talk and wait for an answer') requests: boolean = false;
}

/** Body of PUT /v1/conversations/{id}/mute. */
export class MuteConversation {
  @ApiPropertyOptional({
    ...{ type: String, format: 'date-time', nullable: true },
    description: 'Absent or null: for ever',
  })
  @mayBe(undefined, null)
  @ValidateBy({
    name: 'time',
    validator: {
      validate: (value) => isRFC3339(value) && !Number.isNaN(Date.parse(String(value))),
      defaultMessage: () => 'must be a time, such as 2026-11-25T12:00:00Z',
    },
  })
  until?: string | null;
}

function Picture(): PropertyDecorator {
  const schema = { type: String, format: 'uri', nullable: true, maxLength: MAX_URL };
  return both(
    mayBe(undefined, null),
    ValidateBy({
      name: 'webUrl',
      validator: {
        validate: (value) => isWebUrl(value, MAX_URL),
        defaultMessage: () => `must be an http or https URL of at most ${MAX_URL} characters`,
      },
    }),
    ApiPropertyOptional({ ...schema, description: 'Picture, http or https' }),
  );
}

function ForRole(description: string): PropertyDecorator {
  const schema = { enum: settingRoles, enumName: 'SettingRole', description };
  return both(mayBe(undefined), IsIn(settingRoles), ApiPropertyOptional(schema));
}

function Flag(description: string): PropertyDecorator {
  return both(
    Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value)),
    IsBoolean(),
    ApiPropertyOptional({ description, type: Boolean, default: false }),
  );
}
