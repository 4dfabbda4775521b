import type { Tries } from './rows.js';

/** What an account that is not active may do, of somebody who is an admin in a group: `{own}` is a message of theirs. */
export interface AccountRow {
  suspended: number;
  deactivated: number;
  body?: object;
}

/** What others would read. */
const refused = (body?: object): AccountRow => ({ suspended: 403, deactivated: 403, body });

/** What is theirs alone, or takes something back. */
const open = (status: number, body?: object): AccountRow => ({ suspended: status, deactivated: status, body });

export const ACCOUNT_ROWS: Tries<AccountRow> = {
  'POST /v1/conversations': refused({ type: 'CHANNEL', name: 'News', participantIds: [] }),
  'PATCH /v1/conversations/{conversation}': refused({ name: 'Old friends' }),
  'POST /v1/conversations/{conversation}/members': refused({ userIds: ['{stranger}'] }),
  'POST /v1/conversations/{conversation}/messages': refused({ content: 'Good evening' }),
  'PUT /v1/conversations/{conversation}/typing': refused(),
  'PATCH /v1/messages/{own}': refused({ content: 'Good morning' }),
  'PUT /v1/messages/{message}/pin': refused(),
  'PUT /v1/messages/{message}/reactions/LIKE': refused(),
  'GET /v1/conversations': open(200),
  'GET /v1/conversations/{conversation}/messages': open(200),
  'PUT /v1/conversations/{conversation}/read': open(200, { seq: 1 }),
  'PUT /v1/conversations/{conversation}/mute': open(200, { until: null }),
  'DELETE /v1/messages/{own}': open(204),
  'DELETE /v1/messages/{message}/pin': open(204),
  'DELETE /v1/messages/{message}/reactions/LIKE': open(200),
  'DELETE /v1/conversations/{conversation}/members/{self}': open(204),
};
