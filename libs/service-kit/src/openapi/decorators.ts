import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiProperty, ApiResponse, type ApiResponseOptions } from '@nestjs/swagger';
import { PROBLEM_JSON } from '../errors/problem-body.js';

/** The problem codes that a route answers with, beside those that every route has: `ApiProblems({ 409: ['EMAIL_TAKEN'] })`. */
export function ApiProblems(codes: Record<number, readonly string[]>): MethodDecorator {
  return applyDecorators(
    ...Object.entries(codes).map(([status, list]) => ApiResponse(problemResponse(Number(status), list))),
  );
}

function problemResponse(status: number, codes: readonly string[]): ApiResponseOptions {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { status, description: codes.join(', '), content: { [PROBLEM_JSON]: { schema } } };
}

/** The route answers with a page of these (see PageQuery). */
export function ApiPage(item: Type): MethodDecorator {
  return ApiResponse({ status: 200, description: 'A page', type: pageOf(item) });
}

const CURSOR = { type: String, nullable: true, description: 'Pass it as `cursor` to read on; null on the last page.' };
const pages = new WeakMap<Type, Type>();

/** A class for the schema alone, `SessionView` → `SessionViewPage`: generated clients get a type with a name. */
function pageOf(item: Type): Type {
  const known = pages.get(item);
  if (known) return known;
  const page = { [`${item.name}Page`]: class {} }[`${item.name}Page`] as Type;
  ApiProperty({ type: [item] })(page.prototype, 'items');
  ApiProperty(CURSOR)(page.prototype, 'nextCursor');
  pages.set(item, page);
  return page;
}

/** The route answers 204, without a body. */
export function NoContent(): MethodDecorator {
  return applyDecorators(HttpCode(204), ApiResponse({ status: 204, description: 'Done' }));
}
