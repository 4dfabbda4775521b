import type { Tries } from './rows.js';

/**
 * The two sides of a request to talk: who has asked, whether or not the other has declined, the addressee before an answer,
 * and the one who has declined. `{message}` is what was asked.
 */
export interface RequestRow {
  asker: number;
  addressee: number;
  decliner: number;
  body?: object;
}

const both = (status: number, body?: object): RequestRow => ({
  ...{ asker: status, addressee: status, decliner: status },
  body,
});

/** For the addressee, also after having declined; who has asked waits. */
const addressee = (status: number, body?: object): RequestRow => ({ ...both(status, body), asker: 403 });

export const REQUEST_ROWS: Tries<RequestRow> = {
  'GET /v1/conversations/{conversation}': both(200),
  'GET /v1/conversations/{conversation}/messages': both(200),
  'GET /v1/conversations/{conversation}/members': both(200),
  'POST /v1/conversations/{conversation}/accept': { ...both(200), asker: 404 },
  'POST /v1/conversations/{conversation}/decline': { ...both(204), asker: 404 },
  'POST /v1/conversations/{conversation}/messages': addressee(201, { content: 'Good evening' }),
  'PUT /v1/conversations/{conversation}/typing': addressee(204),
  'PUT /v1/conversations/{conversation}/read': both(200, { seq: 1 }),
  'PUT /v1/conversations/{conversation}/delivered': both(200, { seq: 1 }),
  'PUT /v1/messages/{message}/reactions/LIKE': addressee(200),
  'DELETE /v1/messages/{message}/reactions/LIKE': both(200),
  'PUT /v1/messages/{message}/pin': addressee(204),
  'DELETE /v1/messages/{message}/pin': both(204),
  // What was asked stays as it was asked, but can be taken back.
  'PATCH /v1/messages/{message}': both(403, { content: 'Good morning' }),
  'DELETE /v1/messages/{message}': { ...both(403), asker: 204 },
  'DELETE /v1/messages/{message}?for=me': both(204),
  // A conversation of two is as it is.
  'PATCH /v1/conversations/{conversation}': both(403, { name: 'Old friends' }),
  'POST /v1/conversations/{conversation}/members': both(422, { userIds: ['{stranger}'] }),
  'DELETE /v1/conversations/{conversation}/members/{self}': both(422),
  'PATCH /v1/conversations/{conversation}/members/{other}': both(403, { permissions: { send: false } }),
  'PUT /v1/conversations/{conversation}/owner': both(403, { userId: '{other}' }),
};
