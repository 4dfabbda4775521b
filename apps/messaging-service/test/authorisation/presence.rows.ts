import { everyone, members, type Rows } from './rows.js';

/** Receipts, typing and presence. Of whom one may not know, presence says what it says of one who is not there. */
export const PRESENCE_ROWS: Rows = {
  'PUT /v1/conversations/{conversation}/read': members(200, { seq: 1 }),
  'PUT /v1/conversations/{conversation}/delivered': members(200, { messageId: '{message}' }),
  'PUT /v1/conversations/{conversation}/typing': members(204),
  'PUT /v1/presence': everyone(200, { status: 'ONLINE' }),
  'GET /v1/presence?userIds={owner}': everyone(200),
};
