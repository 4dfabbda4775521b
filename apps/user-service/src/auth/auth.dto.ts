import { ApiProperty } from '@nestjs/swagger';
import { OptionalText } from '@plaza/service-kit';
import { Transform } from 'class-transformer';
import { IsEmail, IsString, MaxLength, ValidateBy } from 'class-validator';
import { fitsPassword, isPassword, MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARACTERS } from '../passwords/password-rules.js';
import { isUsername, USERNAME_PATTERN } from '../users/usernames.js';

const MAX_EMAIL = 254;
const MAX_LOGIN = 254;
const MAX_REFRESH_TOKEN = 200;

const PASSWORD = {
  description: `At most ${MAX_PASSWORD_BYTES} bytes in UTF-8`,
  maxLength: MAX_PASSWORD_BYTES,
  format: 'password',
};

class NamedDevice {
  @OptionalText({ description: 'What the list of sessions calls this device', max: 100, example: 'Phone' })
  deviceName?: string;
}

export class Registration extends NamedDevice {
  @ApiProperty({ format: 'email', maxLength: MAX_EMAIL, example: 'alice@example.org' })
  @Transform(({ value }) => normal(value))
  @MaxLength(MAX_EMAIL)
  @IsEmail()
  email: string;

  @ApiProperty({ minLength: 3, maxLength: 50, pattern: USERNAME_PATTERN, example: 'alice' })
  @Transform(({ value }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @ValidateBy({
    name: 'username',
    validator: { validate: isUsername, defaultMessage: () => 'must be 3 to 50 of a-z, 0-9, _ and .' },
  })
  username: string;

  @ApiProperty({ ...PASSWORD, minLength: MIN_PASSWORD_CHARACTERS })
  @ValidateBy({
    name: 'password',
    validator: {
      validate: isPassword,
      defaultMessage: () =>
        `must have at least ${MIN_PASSWORD_CHARACTERS} characters and at most ${MAX_PASSWORD_BYTES} bytes`,
    },
  })
  password: string;

  @OptionalText({ description: 'The username where it is left out', max: 100, example: 'Alice Liddell' })
  displayName?: string;
}

export class Login extends NamedDevice {
  @ApiProperty({ description: 'E-mail address or username', maxLength: MAX_LOGIN, example: 'alice' })
  @Transform(({ value }) => normal(value))
  @MaxLength(MAX_LOGIN)
  @IsString()
  login: string;

  @ApiProperty(PASSWORD)
  @ValidateBy({
    name: 'password',
    validator: {
      validate: fitsPassword,
      defaultMessage: () => `must be a text of at most ${MAX_PASSWORD_BYTES} bytes`,
    },
  })
  password: string;
}

export class Refresh {
  @ApiProperty({ maxLength: MAX_REFRESH_TOKEN })
  @MaxLength(MAX_REFRESH_TOKEN)
  @IsString()
  refreshToken: string;
}

function normal(value: unknown): unknown {
  return typeof value === 'string' ? value.trim().toLowerCase() : value;
}
