import { members, type Rows } from './rows.js';

/** What a member may not send is in the tests of sending. */
export const SENDING_ROWS: Rows = {
  'POST /v1/conversations/{conversation}/messages': members(201, { content: 'Good evening' }),
};
