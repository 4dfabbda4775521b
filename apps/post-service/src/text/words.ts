import { ApiPropertyOptional } from '@nestjs/swagger';
import { both, mayBe, Text } from '@plaza/service-kit';
import { Transform } from 'class-transformer';

const RULE = {
  max: 280,
  lines: true,
  description: 'In code points, without the blanks around it, which are cut off',
  example: 'Hello @bob, have you seen #plaza?',
};

/** Field of a DTO: the words of a post, a quote or a comment. */
export function Words(): PropertyDecorator {
  return both(
    Transform(({ value }) => (typeof value === 'string' ? value.trim() : value)),
    Text(RULE),
  );
}

/** Words that may be left out, but not null. */
export function OptionalWords(): PropertyDecorator {
  return both(mayBe(undefined), Words(), ApiPropertyOptional());
}
