import { randomUUID } from 'node:crypto';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { call, type Ids } from './authorisation/call.js';
import { CONVERSATION_ROWS } from './authorisation/conversations.rows.js';
import { MEMBER_ROWS } from './authorisation/members.rows.js';
import { MESSAGE_ROWS } from './authorisation/messages.rows.js';
import { PRESENCE_ROWS } from './authorisation/presence.rows.js';
import type { Row, Rows } from './authorisation/rows.js';
import { SENDING_ROWS } from './authorisation/sending.rows.js';
import { sayOne } from './messages/bed.js';
import {
  alice,
  block,
  bob,
  carol,
  forgetConversations,
  forgetRelations,
  group,
  messagingUnderTest,
  people,
} from './messaging-under-test.js';

/** Who may call what: every route of the service. Each folder has its rows, each row all who ask. */
const ROWS: Rows = {
  ...CONVERSATION_ROWS,
  ...MEMBER_ROWS,
  ...MESSAGE_ROWS,
  ...SENDING_ROWS,
  ...PRESENCE_ROWS,
};
const CASES = Object.entries(ROWS);
const admin = randomUUID();

let service: ServiceUnderTest;
let other: string;
let blocked: string;
let ids: Ids;

beforeAll(async () => {
  service = await messagingUnderTest();
  [other = '', blocked = ''] = await people(service, 2);
});
afterAll(() => service?.stop());
beforeEach(async () => {
  await forgetConversations(service);
  await forgetRelations(service);
  const { id } = await group(service, alice.id, [bob.id, carol.id]);
  await service.request('DELETE', `/v1/conversations/${id}/members/${carol.id}`, { as: carol.id });
  await block(service, alice.id, blocked);
  const message = await sayOne(service, id, alice.id);
  const users = { '{owner}': alice.id, '{member}': bob.id, '{stranger}': other } as const;
  ids = { '{conversation}': id, '{message}': message._id, ...users };
});

it.each(CASES)(
  '%s: owner, member, who was one, another user, a blocked one, admin',
  async (route, { body, ...row }) => {
    const statusFor = async (as: string, role?: 'ADMIN') =>
      (await call(service, route, { ids, body, as, role })).status;
    const outside = {
      exMember: await statusFor(carol.id),
      other: await statusFor(other),
      blocked: await statusFor(blocked),
    };
    const strange: Omit<Row, 'owner' | 'member' | 'body'> = { ...outside, admin: await statusFor(admin, 'ADMIN') };
    // The owner comes last: what is the owner's must still be there then.
    expect({ ...strange, member: await statusFor(bob.id), owner: await statusFor(alice.id) }).toEqual(row);
  },
);

it.each(CASES)('%s: nobody is asked for a token', async (route, { body }) => {
  expect(await call(service, route, { ids, body })).toMatchObject({ status: 401, body: { code: 'TOKEN_MISSING' } });
});

it('has a row for every route that the service documents', async () => {
  const { body } = await service.request<{ paths: Record<string, object> }>('GET', '/openapi.json');
  const documented = Object.entries(body.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const routeOf = (tried: string) => documented.find((it) => it === tried) ?? documented.find((it) => fits(it, tried));
  const tried = Object.keys(ROWS).map((row) => routeOf(row.replace(/\?.*/, '')) ?? `${row}, which there is not`);
  expect([...new Set(tried)].sort()).toEqual(documented.sort());
});

/** Whether a row's route is the documented one, with something in the place of its parameters. */
function fits(documented: string, tried: string): boolean {
  return new RegExp(`^${documented.replace(/\{\w+\}/g, '[^/]+')}$`).test(tried);
}
