import { randomUUID } from 'node:crypto';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { changeMember, conversationOf, refused, sayOne } from '../messages/bed.js';
import { alice, messagingUnderTest, people, setAccount } from '../messaging-under-test.js';
import { ACCOUNT_ROWS } from './account.rows.js';
import { call, type Ids } from './call.js';
import { REQUEST_ROWS } from './request.rows.js';
import { ROLE_ROWS } from './role.rows.js';

const actions = ['send', 'media', 'invite', 'pin', 'manage'] as const;
const all = (allowed: boolean) => Object.fromEntries(actions.map((action) => [action, allowed]));

let service: ServiceUnderTest;
let stranger: string;

beforeAll(async () => {
  service = await messagingUnderTest();
  [stranger = ''] = await people(service, 1);
});
afterAll(() => service?.stop());

describe('members by their roles and permissions', () => {
  const who = {
    admin: randomUUID(),
    moderator: randomUUID(),
    let: randomUUID(),
    member: randomUUID(),
    barred: randomUUID(),
  };
  const plain = randomUUID();
  let ids: Ids;

  beforeEach(async () => {
    const roles = { [who.admin]: 'ADMIN', [who.moderator]: 'MODERATOR', [who.barred]: 'ADMIN' } as const;
    const settings = { send: 'ADMIN', invite: 'ADMIN', pin: 'ADMIN' } as const;
    const id = await conversationOf(service, [alice.id, ...Object.values(who), plain], { roles, settings });
    await changeMember(service, id, who.let, { permissions: all(true) });
    await changeMember(service, id, who.barred, { permissions: all(false) });
    const message = await sayOne(service, id, plain);
    ids = {
      '{conversation}': id,
      '{message}': message._id,
      '{owner}': alice.id,
      '{member}': plain,
      '{stranger}': stranger,
    };
  });

  it.each(Object.entries(ROLE_ROWS))('%s', async (route, { body, ...row }) => {
    const statusFor = async (as: string) => {
      const own = await sayOne(service, ids['{conversation}'] ?? '', as);
      return (await call(service, route, { ids: { ...ids, '{own}': own._id }, body, as })).status;
    };
    // Those who may come last: what it is about must be there until then.
    const refusedOnes = { member: await statusFor(who.member), barred: await statusFor(who.barred) };
    const others = { let: await statusFor(who.let), moderator: await statusFor(who.moderator) };
    expect({ ...refusedOnes, ...others, admin: await statusFor(who.admin) }).toEqual(row);
  });
});

describe('accounts that are not active', () => {
  let ids: Ids;
  let suspended: string;
  let deactivated: string;

  beforeAll(async () => {
    [suspended = '', deactivated = ''] = await people(service, 2);
    await setAccount(service, suspended, { accountStatus: 'SUSPENDED' });
    await setAccount(service, deactivated, { accountStatus: 'DEACTIVATED' });
  });
  beforeEach(async () => {
    const roles = { [suspended]: 'ADMIN', [deactivated]: 'ADMIN' } as const;
    const id = await conversationOf(service, [alice.id, suspended, deactivated], { roles });
    ids = { '{conversation}': id, '{message}': (await sayOne(service, id, alice.id))._id, '{stranger}': stranger };
  });

  it.each(Object.entries(ACCOUNT_ROWS))('%s', async (route, { body, ...row }) => {
    const statusFor = async (self: string) => {
      const own = await sayOne(service, ids['{conversation}'] ?? '', self);
      return (await call(service, route, { ids: { ...ids, '{own}': own._id, '{self}': self }, body, as: self })).status;
    };
    expect({ suspended: await statusFor(suspended), deactivated: await statusFor(deactivated) }).toEqual(row);
  });
});

describe('the two sides of a request to talk', () => {
  const [asker, addressee] = [randomUUID(), randomUUID()];

  it.each(Object.entries(REQUEST_ROWS))('%s', async (route, { body, ...row }) => {
    const answerTo = async (self: string, other: string, state: 'PENDING' | 'DECLINED') => {
      const request = { by: asker, state };
      const id = await conversationOf(service, [asker, addressee], { type: 'DIRECT', request });
      const message = await sayOne(service, id, asker);
      const ids = {
        '{conversation}': id,
        '{message}': message._id,
        '{self}': self,
        '{other}': other,
        '{stranger}': stranger,
      };
      return call(service, route, { ids, body, as: self });
    };
    const waiting = await answerTo(asker, addressee, 'PENDING');
    const declined = await answerTo(asker, addressee, 'DECLINED');
    const [before, after] = [await answerTo(addressee, asker, 'PENDING'), await answerTo(addressee, asker, 'DECLINED')];
    expect({ asker: waiting.status, addressee: before.status, decliner: after.status }).toEqual(row);
    // Who has asked can't tell whether the other has declined.
    expect(refused(declined)).toBe(refused(waiting));
  });
});
