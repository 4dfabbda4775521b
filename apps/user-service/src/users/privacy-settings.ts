import { ApiProperty } from '@nestjs/swagger';
import { type AudienceLevel, audienceLevels, type UserAudience } from '@plaza/contracts';
import { IsBoolean, IsIn } from 'class-validator';

function Audience(description: string): PropertyDecorator {
  return (target, property) => {
    const enumSchema = { description: 'To whom something is open' };
    ApiProperty({ description, enum: audienceLevels, enumName: 'AudienceLevel', enumSchema })(target, property);
    IsIn(audienceLevels)(target, property);
  };
}

function Shown(description: string): PropertyDecorator {
  return (target, property) => {
    ApiProperty({ description, type: Boolean })(target, property);
    IsBoolean()(target, property);
  };
}

/** Who may see or do what, beyond the profile's privacy level. Stored as JSON, sent and received whole. */
export class PrivacySettings {
  @Audience('Who sees the e-mail address') email: AudienceLevel;
  @Audience('Who sees the date of birth') birthDate: AudienceLevel;
  @Audience('Who sees when one was last here') lastSeen: AudienceLevel;
  @Audience('Who sees the list of friends') friendsList: AudienceLevel;
  @Audience('Who may start a conversation') message: AudienceLevel;
  @Audience('Who may ask for friendship') friendRequest: AudienceLevel;
  @Audience('Who may invite to groups and events') invite: AudienceLevel;
  @Audience('Who may tag and mention') tag: AudienceLevel;
  @Shown('Whether others see what one has read') readReceipts: boolean;
  @Shown('Whether others see that one is here') presence: boolean;
  @Shown('Whether one is found by search') searchable: boolean;
}

export const DEFAULT_PRIVACY: PrivacySettings = Object.freeze({
  email: 'NOBODY',
  birthDate: 'FRIENDS',
  lastSeen: 'FRIENDS',
  friendsList: 'FRIENDS',
  message: 'EVERYONE',
  friendRequest: 'EVERYONE',
  invite: 'EVERYONE',
  tag: 'EVERYONE',
  readReceipts: true,
  presence: true,
  searchable: true,
});

/** The settings of a row; those that are younger than the row have their defaults. */
export function privacyOf(stored: Partial<PrivacySettings>): PrivacySettings {
  return { ...DEFAULT_PRIVACY, ...stored };
}

/** The part that other services enforce. */
export function audienceOf(stored: Partial<PrivacySettings>): UserAudience {
  const { email: _email, birthDate: _birthDate, ...audience } = privacyOf(stored);
  return audience;
}
