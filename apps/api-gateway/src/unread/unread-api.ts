import type { MergedDocument } from '../docs/merge-openapi.js';
import { UNREAD_PATH } from './unread-route.js';

const count = (description: string) => ({ type: ['integer', 'null'], minimum: 0, description });

const counts = {
  messages: count('Unread messages'),
  conversations: count('Conversations that have any'),
  notifications: count('Unread notifications'),
  mentions: count('Those of them that tell of a mention'),
  requests: count('Those of them that tell of a request'),
};

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const operation = {
  operationId: 'unreadCount',
  tags: ['unread'],
  summary: 'How much waits for me, of everything; null where the service that knows does not answer',
  security: [{ bearer: [] }],
  responses: {
    200: {
      description: 'The counts',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/UnreadView' } } },
    },
    401: problem('No token, or not a good one'),
    429: problem('Too many requests; see `Retry-After`'),
    500: problem('Something went wrong on our side'),
  },
};

/** Adds the route that the gateway answers itself to the document of those of the services. */
export function withUnread(document: MergedDocument): MergedDocument {
  const { paths, components, tags } = document;
  const view = { type: 'object', properties: counts, required: Object.keys(counts) };
  return {
    ...document,
    tags: [...tags, { name: 'unread' }],
    paths: { ...paths, [UNREAD_PATH]: { get: operation } },
    components: { ...components, schemas: { ...components.schemas, UnreadView: view } },
  };
}
