/** RFC 9457 with our `code` and `errors`, as JSON Schema. */
export const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'What went wrong (RFC 9457). `code` is stable and made for machines.',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
  properties: {
    type: { type: 'string', format: 'uri', example: 'urn:plaza:problem:USER_NOT_FOUND' },
    title: { type: 'string', example: 'Not Found' },
    status: { type: 'integer', minimum: 400, maximum: 599, example: 404 },
    detail: { type: 'string', example: 'There is no such user.' },
    instance: { type: 'string', description: 'This very occurrence, by the id that is also in the logs' },
    code: { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$', example: 'USER_NOT_FOUND' },
    errors: {
      type: 'array',
      description: 'Each field that is wrong',
      items: {
        type: 'object',
        required: ['path', 'code', 'message'],
        properties: {
          path: { type: 'string', example: 'displayName' },
          code: { type: 'string', example: 'MAX_LENGTH' },
          message: { type: 'string' },
        },
      },
    },
  },
};
