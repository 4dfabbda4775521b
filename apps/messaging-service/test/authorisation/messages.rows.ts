import { everyone, members, ownerOnly, type Rows } from './rows.js';

/** The message is Alice's, who owns the conversation as well: what its sender may is in the tests of messages. */
export const MESSAGE_ROWS: Rows = {
  'GET /v1/conversations/{conversation}/messages': members(200),
  'GET /v1/conversations/{conversation}/pins': members(200),
  'GET /v1/messages/search?q=hello': everyone(200),
  'GET /v1/messages/search?q=hello&conversationId={conversation}': members(200),
  'GET /v1/messages/{message}': members(200),
  'GET /v1/messages/{message}/edits': members(200),
  'GET /v1/messages/{message}/thread': members(200),
  'GET /v1/messages/{message}/read-by': members(200),
  'GET /v1/messages/{message}/reactions': members(200),
  'PATCH /v1/messages/{message}': ownerOnly(200, { content: 'Good morning' }),
  'DELETE /v1/messages/{message}': ownerOnly(204),
  'DELETE /v1/messages/{message}?for=me': members(204),
  'PUT /v1/messages/{message}/pin': members(204),
  'DELETE /v1/messages/{message}/pin': members(204),
  'PUT /v1/messages/{message}/reactions/LIKE': members(200),
  'DELETE /v1/messages/{message}/reactions/LIKE': members(200),
};
