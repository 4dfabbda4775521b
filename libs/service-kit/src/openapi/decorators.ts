import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, type ApiResponseOptions, getSchemaPath } from '@nestjs/swagger';
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
  const schema = {
    type: 'object',
    required: ['items', 'nextCursor'],
    properties: {
      items: { type: 'array', items: { $ref: getSchemaPath(item) } },
      nextCursor: {
        type: 'string',
        nullable: true,
        description: 'Pass it as `cursor` to read on; null on the last page.',
      },
    },
  };
  return applyDecorators(ApiExtraModels(item), ApiResponse({ status: 200, description: 'A page', schema }));
}

/** The route answers 204, without a body. */
export function NoContent(): MethodDecorator {
  return applyDecorators(HttpCode(204), ApiResponse({ status: 204, description: 'Done' }));
}
