/**
 * What a route answers, by who asks. Alice owns a group, Bob is a member of it, Carol was one, another user never was, and
 * one who never was is blocked by Alice. An admin of Plaza is nobody in it.
 */
export interface Row {
  owner: number;
  member: number;
  exMember: number;
  other: number;
  blocked: number;
  admin: number;
  /** In it, as in the path, a place such as `{message}` stands for an id. */
  body?: object;
}

export type Route = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /v1/${string}`;
export type Tries<R> = Record<Route, R>;
export type Rows = Tries<Row>;

/** What everybody has of their own. */
export const everyone = (status: number, body?: object): Row => ({
  ...{ owner: status, member: status, exMember: status, other: status, blocked: status, admin: status },
  body,
});

/** For members; to all others there is nothing. */
export const members = (status: number, body?: object): Row => ({
  ...everyone(404, body),
  owner: status,
  member: status,
});

/** For the owner; a member is told that it may not. */
export const ownerOnly = (status: number, body?: object): Row => ({ ...members(403, body), owner: status });
