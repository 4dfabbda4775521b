import { members, ownerOnly, type Rows } from './rows.js';

export const MEMBER_ROWS: Rows = {
  'GET /v1/conversations/{conversation}/members': members(200),
  'POST /v1/conversations/{conversation}/members': members(200, { userIds: ['{stranger}'] }),
  'DELETE /v1/conversations/{conversation}/members/{member}': members(204),
  'DELETE /v1/conversations/{conversation}/members/{owner}': { ...members(403), owner: 409 },
  'PATCH /v1/conversations/{conversation}/members/{member}': ownerOnly(200, { role: 'ADMIN' }),
  'PUT /v1/conversations/{conversation}/owner': ownerOnly(200, { userId: '{member}' }),
};
