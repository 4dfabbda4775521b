import { everyone, members, ownerOnly, type Rows } from './rows.js';

export const CONVERSATION_ROWS: Rows = {
  'POST /v1/conversations': everyone(201, { type: 'CHANNEL', name: 'News', participantIds: [] }),
  'GET /v1/conversations': everyone(200),
  'GET /v1/conversations/unread-count': everyone(200),
  'GET /v1/conversations/memberships': everyone(200),
  'GET /v1/conversations/{conversation}': members(200),
  'PATCH /v1/conversations/{conversation}': ownerOnly(200, { name: 'Old friends' }),
  // Nobody has asked anybody in a group.
  'POST /v1/conversations/{conversation}/accept': members(404),
  'POST /v1/conversations/{conversation}/decline': members(404),
  'PUT /v1/conversations/{conversation}/archive': members(200),
  'DELETE /v1/conversations/{conversation}/archive': members(200),
  'PUT /v1/conversations/{conversation}/pin': members(200),
  'DELETE /v1/conversations/{conversation}/pin': members(200),
  'PUT /v1/conversations/{conversation}/mute': members(200, { until: null }),
  'DELETE /v1/conversations/{conversation}/mute': members(200),
};
