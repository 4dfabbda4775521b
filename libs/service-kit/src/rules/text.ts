import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, ValidateBy, ValidateIf } from 'class-validator';

export interface TextRule {
  description?: string;
  /** In characters as people count them (code points). */
  min?: number;
  max: number;
  /** Line breaks and tabs are allowed. */
  lines?: boolean;
  example?: string;
}

/** Field of a DTO: a text that is there, documented with its limits. */
export function Text(rule: TextRule): PropertyDecorator {
  return both(rulesOf(rule), ApiProperty(schemaOf(rule)));
}

/** Field of a DTO: a text that may be left out. */
export function OptionalText(rule: TextRule): PropertyDecorator {
  return both(IsOptional(), rulesOf(rule), ApiPropertyOptional(schemaOf(rule)));
}

/** Field of a DTO: a text that may be left out (it stays as it is) or null (it is taken away). */
export function ClearableText(rule: TextRule): PropertyDecorator {
  const schema = ApiPropertyOptional({ ...schemaOf(rule), type: String, nullable: true });
  return both(mayBe(undefined, null), rulesOf(rule), schema);
}

/** The rules of the field hold unless it has one of these values. */
export function mayBe(...values: unknown[]): PropertyDecorator {
  return ValidateIf((_, value) => !values.includes(value));
}

/** Several decorators of a field as one. */
export function both(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };
}

/** True for a text that a database can hold and a page can show: no NUL or other control characters, no half pairs. */
export function isPlainText(value: unknown, { min = 1, max, lines = false }: TextRule): value is string {
  if (typeof value !== 'string' || value.length > 2 * max || !value.isWellFormed()) return false;
  const controls = lines ? /(?![\n\r\t])\p{Cc}/u : /\p{Cc}/u;
  const length = [...value].length;
  return length >= min && length <= max && !controls.test(value) && value.trim() !== '';
}

function rulesOf(rule: TextRule): PropertyDecorator {
  const { min = 1, max } = rule;
  return ValidateBy({
    name: 'text',
    constraints: [min, max],
    validator: {
      validate: (value) => isPlainText(value, rule),
      defaultMessage: () => `must be a text of ${min} to ${max} characters, without control characters`,
    },
  });
}

/** What `isPlainText` asks for, in the words of every dialect of regular expressions: not blank, no control characters. */
const LINE = '^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f]*$';
const LINES = '^(?=[\\s\\S]*\\S)[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$';

export function patternOf(lines = false): string {
  return lines ? LINES : LINE;
}

function schemaOf({ description, min = 1, max, lines, example }: TextRule) {
  return { description, minLength: min, maxLength: max, pattern: patternOf(lines), ...(example && { example }) };
}
