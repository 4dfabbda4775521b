import type { MemberRole } from '@plaza/contracts';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { ConversationView } from '../src/conversations/conversation.view.js';
import { collections, memberId } from '../src/storage/collections.js';
import { changeMember, get } from './messages/bed.js';
import {
  alice,
  bob,
  carol,
  direct,
  factTypes,
  forgetConversations,
  frames,
  group,
  messagingUnderTest,
} from './messaging-under-test.js';

let service: ServiceUnderTest;
let id: string;

beforeAll(async () => {
  service = await messagingUnderTest();
});
afterAll(() => service?.stop());
beforeEach(async () => {
  await forgetConversations(service);
  id = (await group(service, alice.id, [bob.id, carol.id])).id;
});

const update = (as: string, user: string, body: unknown, where = id) =>
  service.request('PATCH', `/v1/conversations/${where}/members/${user}`, { as, body });
const remove = (as: string, user: string) =>
  service.request('DELETE', `/v1/conversations/${id}/members/${user}`, { as });
const handOver = (as: string, userId: unknown) =>
  service.request<ConversationView>('PUT', `/v1/conversations/${id}/owner`, { as, body: { userId } });
const memberOf = (user: string) => collections.members(service.db).findOne({ _id: memberId(id, user) });
const roleIs = (user: string, role: MemberRole) => changeMember(service, id, user, { role });

describe('a role', () => {
  it('is given by who stands above both the member and the role', async () => {
    const outcomes: Record<string, string> = {};
    for (const giver of ['OWNER', 'ADMIN', 'MODERATOR', 'MEMBER'] as const) {
      for (const before of ['ADMIN', 'MODERATOR', 'MEMBER'] as const) {
        const given: string[] = [];
        for (const role of ['ADMIN', 'MODERATOR', 'MEMBER'] as const) {
          await roleIs(bob.id, giver);
          await roleIs(carol.id, before);
          const { status } = await update(bob.id, carol.id, { role });
          if (status === 200) given.push(role);
          else expect(status).toBe(403);
          expect((await memberOf(carol.id))?.role).toBe(status === 200 ? role : before);
        }
        outcomes[`${giver} to ${before}`] = given.join(' ');
      }
    }
    expect(outcomes).toEqual({
      'OWNER to ADMIN': 'ADMIN MODERATOR MEMBER',
      'OWNER to MODERATOR': 'ADMIN MODERATOR MEMBER',
      'OWNER to MEMBER': 'ADMIN MODERATOR MEMBER',
      'ADMIN to ADMIN': '',
      'ADMIN to MODERATOR': 'MODERATOR MEMBER',
      'ADMIN to MEMBER': 'MODERATOR MEMBER',
      ...{ 'MODERATOR to ADMIN': '', 'MODERATOR to MODERATOR': '', 'MODERATOR to MEMBER': '' },
      ...{ 'MEMBER to ADMIN': '', 'MEMBER to MODERATOR': '', 'MEMBER to MEMBER': '' },
    });
  });

  it('is told to all, once', async () => {
    for (let time = 0; time < 2; time += 1) {
      expect(await update(alice.id, bob.id, { role: 'MODERATOR' })).toMatchObject({
        status: 200,
        body: { user: { username: 'bob' }, role: 'MODERATOR', permissions: {} },
      });
    }
    expect(await frames(service, 'conversation.member-updated')).toMatchObject([
      { audienceId: id, frame: { data: { conversationId: id, userId: bob.id, role: 'MODERATOR', permissions: {} } } },
    ]);
    expect((await factTypes(service)).filter((type) => type === 'conversation-member.updated')).toHaveLength(1);
  });

  it('is nobody’s own to change, nor between two, nor that of somebody who is no member', async () => {
    const denied = { status: 403, body: { code: 'ROLE_NOT_ALLOWED' } };
    expect(await update(alice.id, alice.id, { role: 'MEMBER' })).toMatchObject(denied);
    const two = await direct(service, alice.id, bob.id);
    expect(await update(alice.id, bob.id, { role: 'ADMIN' }, two.id)).toMatchObject(denied);
    await remove(bob.id, bob.id);
    const none = { status: 404, body: { code: 'MEMBER_NOT_FOUND' } };
    expect(await update(alice.id, bob.id, { role: 'ADMIN' })).toMatchObject(none);
  });

  it.each([
    { role: 'OWNER' },
    { role: { $gt: '' } },
    { role: null },
    { permissions: [] },
    { permissions: { send: 'no' } },
    { permissions: { fly: true } },
    { permissions: { send: { $ne: 1 } } },
    { 'permissions.send': true },
  ])('is not %j', async (body) => {
    expect(await update(alice.id, bob.id, body)).toMatchObject({ status: 422, body: { code: 'BODY_INVALID' } });
  });
});

describe('permissions', () => {
  it('are given, taken, and left to the role again, each for itself', async () => {
    const give = async (permissions: object) => (await update(alice.id, bob.id, { permissions })).body.permissions;
    expect(await give({ send: false, manage: true })).toEqual({ send: false, manage: true });
    expect(await give({ send: null })).toEqual({ manage: true });
    expect(await give({ pin: false })).toEqual({ manage: true, pin: false });
    expect(await frames(service, 'conversation.member-updated')).toHaveLength(3);
    expect(await factTypes(service)).not.toContain('conversation-member.updated');
  });

  it('let a member manage', async () => {
    const rename = () => service.request('PATCH', `/v1/conversations/${id}`, { as: bob.id, body: { name: 'Bob’s' } });
    expect((await rename()).status).toBe(403);
    await update(alice.id, bob.id, { permissions: { manage: true } });
    expect((await rename()).status).toBe(200);
  });

  it('keep an admin who may not manage from changing members', async () => {
    await roleIs(bob.id, 'ADMIN');
    await update(alice.id, bob.id, { permissions: { manage: false } });
    for (const body of [{ role: 'MODERATOR' }, { permissions: { manage: true } }]) {
      const answer = await update(bob.id, carol.id, body);
      expect(answer).toMatchObject({ status: 403, body: { code: 'ROLE_NOT_ALLOWED' } });
    }
  });
});

describe('a member', () => {
  it('is removed by who may manage and stands above', async () => {
    const outcomes: Record<string, string> = {};
    for (const remover of ['ADMIN', 'MODERATOR', 'MEMBER'] as const) {
      const removed: string[] = [];
      for (const role of ['ADMIN', 'MODERATOR', 'MEMBER'] as const) {
        await roleIs(bob.id, remover);
        await changeMember(service, id, carol.id, { role, active: true });
        const { status } = await remove(bob.id, carol.id);
        if (status === 204) removed.push(role);
        expect((await memberOf(carol.id))?.active).toBe(status !== 204);
      }
      outcomes[remover] = removed.join(' ');
    }
    expect(outcomes).toEqual({ ADMIN: 'MODERATOR MEMBER', MODERATOR: 'MEMBER', MEMBER: '' });
  });

  it('who owns it is removed by nobody', async () => {
    await roleIs(bob.id, 'ADMIN');
    expect(await remove(bob.id, alice.id)).toMatchObject({ status: 403, body: { code: 'REMOVE_NOT_ALLOWED' } });
  });

  it('who is gone is removed again without a word', async () => {
    expect((await remove(alice.id, carol.id)).status).toBe(204);
    const before = await service.facts();
    expect((await remove(alice.id, carol.id)).status).toBe(204);
    expect(await service.facts()).toEqual(before);
    expect(await remove(bob.id, carol.id)).toMatchObject({ status: 403, body: { code: 'REMOVE_NOT_ALLOWED' } });
  });
});

describe('the owner', () => {
  it('hands over to a member, stays as an admin, and all are told', async () => {
    expect(await handOver(alice.id, bob.id.toUpperCase())).toMatchObject({
      status: 200,
      body: { ownerId: bob.id, myRole: 'ADMIN', lastMessage: { type: 'SYSTEM' } },
    });
    const seen = await get<ConversationView>(service, bob.id, `/v1/conversations/${id}`);
    expect(seen).toMatchObject({ ownerId: bob.id, myRole: 'OWNER' });
    expect((await frames(service)).map(({ frame }) => frame.type)).toEqual([
      'conversation.created',
      'conversation.updated',
      'conversation.member-updated',
      'conversation.member-updated',
      'message.sent',
    ]);
    expect((await remove(alice.id, alice.id)).status).toBe(204);
  });

  it('is one, also where it is handed over twice at once', async () => {
    const answers = await Promise.all([handOver(alice.id, bob.id), handOver(alice.id, carol.id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
    const owners = await collections.members(service.db).find({ conversation_id: id, role: 'OWNER' }).toArray();
    const { ownerId } = await get<ConversationView>(service, alice.id, `/v1/conversations/${id}`);
    expect(owners.map(({ user_id }) => user_id)).toEqual([ownerId]);
  });

  it.each([
    ['to oneself changes nothing', () => alice.id, 200, undefined],
    ['to nobody', () => undefined, 422, 'BODY_INVALID'],
    ['to an operator', () => ({ $gt: '' }), 422, 'BODY_INVALID'],
    ['to who is no member', () => '01930000-0000-7000-8000-0000000000ff', 404, 'MEMBER_NOT_FOUND'],
  ])('handing over %s', async (_, heir, status, code) => {
    const answer = await handOver(alice.id, heir());
    expect(answer).toMatchObject({ status, body: code ? { code } : { ownerId: alice.id, lastSeq: 0 } });
  });

  it('alone hands over', async () => {
    await roleIs(bob.id, 'ADMIN');
    expect(await handOver(bob.id, carol.id)).toMatchObject({ status: 403, body: { code: 'OWNER_ONLY' } });
  });
});
