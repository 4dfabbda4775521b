import type { Tries } from './rows.js';

/**
 * What depends on the role, in a group where admins alone send, invite and pin. `let` is a plain member with every permission,
 * `barred` an admin with none. `{own}` is a message of whoever asks, `{message}` and `{member}` are those of another plain
 * member.
 */
export interface RoleRow {
  admin: number;
  moderator: number;
  let: number;
  member: number;
  barred: number;
  body?: object;
}

const nobody = (body?: object): RoleRow => ({
  ...{ admin: 403, moderator: 403, let: 403, member: 403, barred: 403 },
  body,
});

/** For whom the settings or a permission let. */
const allowed = (status: number, body?: object): RoleRow => ({ ...nobody(body), admin: status, let: status });

/** For whom the role or a permission lets manage. */
const managing = (status: number, body?: object): RoleRow => ({ ...allowed(status, body), moderator: status });

/** The same, above the other. */
const above = (status: number): RoleRow => ({ ...managing(status), let: 403 });

const everyone = (status: number): RoleRow => ({ ...managing(status), member: status, barred: status });

export const ROLE_ROWS: Tries<RoleRow> = {
  'PATCH /v1/conversations/{conversation}': managing(200, { name: 'Old friends' }),
  'POST /v1/conversations/{conversation}/members': allowed(200, { userIds: ['{stranger}'] }),
  'DELETE /v1/conversations/{conversation}/members/{member}': above(204),
  'PATCH /v1/conversations/{conversation}/members/{member}': { ...nobody({ role: 'MODERATOR' }), admin: 200 },
  'PATCH /v1/conversations/{conversation}/members/{owner}': nobody({ permissions: { send: false } }),
  'PUT /v1/conversations/{conversation}/owner': nobody({ userId: '{member}' }),
  'POST /v1/conversations/{conversation}/messages': allowed(201, { content: 'Good evening' }),
  'PUT /v1/conversations/{conversation}/typing': allowed(204),
  'PATCH /v1/messages/{own}': allowed(200, { content: 'Good morning' }),
  'PATCH /v1/messages/{message}': nobody({ content: 'Good morning' }),
  'DELETE /v1/messages/{message}': above(204),
  'PUT /v1/messages/{message}/pin': allowed(204),
  'DELETE /v1/messages/{message}/pin': allowed(204),
  // One's own words can always be taken back, and everybody may react.
  'DELETE /v1/messages/{own}': everyone(204),
  'PUT /v1/messages/{message}/reactions/LIKE': everyone(200),
};
