import { STATUS_CODES } from 'node:http';
import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_JSON } from '../errors/problem-body.js';
import { IDEMPOTENCY_KEY } from '../idempotency/idempotent.js';
import { type Operation, operationsOf } from './operations.js';
import { PUBLIC_EXTENSION } from './public-routes.js';

const DESCRIPTIONS: Record<number, string> = {
  400: 'What was sent can’t be read: malformed JSON, a bad cursor, query, path or header',
  401: 'No token, or not a good one',
  403: 'Not allowed',
  404: 'Does not exist, or may not be seen',
  408: 'The body did not arrive in time',
  409: 'Not possible in the present state',
  413: 'The body is too large',
  415: 'The body’s media type is not read here',
  422: 'The body breaks a rule; `errors` names the fields',
  429: 'Too many requests; see `Retry-After`',
  500: 'Something went wrong on our side',
  503: 'A part that is needed does not answer, or the request took too long; see `Retry-After`',
};

/** Adds what the kit answers itself to every operation, and says which need a token. */
export function addCommonAnswers(document: OpenAPIObject): void {
  for (const operation of operationsOf(document)) {
    const isPublic = operation[PUBLIC_EXTENSION] === true;
    delete operation[PUBLIC_EXTENSION];
    operation.security = isPublic ? [] : [{ bearer: [] }];
    for (const status of statusesOf(operation, isPublic)) operation.responses[status] ??= problemAnswer(status);
    for (const [status, answer] of Object.entries(operation.responses)) nameAnswer(status, answer);
  }
}

function statusesOf(operation: Operation, isPublic: boolean): number[] {
  const inPath = operation.parameters?.some((parameter) => 'in' in parameter && parameter.in === 'path');
  const takesKey = operation.parameters?.some((parameter) => 'name' in parameter && parameter.name === IDEMPOTENCY_KEY);
  return [
    ...[400, 429, 500, 503],
    ...(isPublic ? [] : [401, 403]),
    ...(inPath ? [404] : []),
    ...(operation.method === 'get' ? [] : [409]),
    ...(operation.requestBody ? [408, 413, 415, 422] : []),
    ...(takesKey ? [422] : []),
  ];
}

/** A description is mandatory, and one that says nothing is what there is where nobody wrote one. */
function nameAnswer(status: string, answer: object | undefined): void {
  if (answer && 'description' in answer && answer.description === '')
    answer.description = STATUS_CODES[status] ?? 'Answer';
}

function problemAnswer(status: number) {
  const retryAfter = { description: 'Seconds', schema: { type: 'integer', minimum: 1 } };
  return {
    description: DESCRIPTIONS[status] ?? 'A problem',
    ...((status === 429 || status === 503) && { headers: { 'Retry-After': retryAfter } }),
    content: { [PROBLEM_JSON]: { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}
