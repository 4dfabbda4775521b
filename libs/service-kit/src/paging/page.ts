import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** One page of a list; `nextCursor` is null on the last. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Query of every list. */
export class PageQuery {
  @ApiPropertyOptional({ description: 'Most items on the page', minimum: 1, maximum: 100, default: 20 })
  @Transform(({ value }) => wholeNumber(value))
  @IsInt()
  @Min(1)
  @Max(100)
  limit: number = 20;

  @ApiPropertyOptional({ description: '`nextCursor` of the page before', maxLength: 1024 })
  @IsOptional()
  @IsString()
  @MaxLength(1_024)
  cursor?: string;
}

/**
 * Makes a page of rows that were read with `LIMIT limit + 1`, the one too many telling whether there is more.
 * @param cursorOf cursor that starts behind the given row
 */
export function page<T>(rows: readonly T[], limit: number, cursorOf: (last: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: last !== undefined && rows.length > limit ? cursorOf(last) : null };
}

/** The same page with every item shown as something else. */
export function mapPage<T, U>(from: Page<T>, view: (item: T) => U): Page<U> {
  return { items: from.items.map(view), nextCursor: from.nextCursor };
}

/** Only plain digits count as a number: `Number` would take an empty text for 0 and 0x10 for 16. */
function wholeNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value;
}
