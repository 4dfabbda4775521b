import { randomUUID } from 'node:crypto';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { ConversationView } from '../src/conversations/conversation.view.js';
import type { MembersAdded, MemberView } from '../src/members/member.view.js';
import { collections, memberId } from '../src/storage/collections.js';
import { allPages, changeMember, conversation, get, say } from './messages/bed.js';
import {
  alice,
  block,
  bob,
  carol,
  direct,
  forgetConversations,
  forgetRelations,
  frames,
  group,
  messagingUnderTest,
  people,
  setAccount,
} from './messaging-under-test.js';

let service: ServiceUnderTest;
let others: string[];

beforeAll(async () => {
  service = await messagingUnderTest();
  others = await people(service, 14);
});
afterAll(() => service?.stop());
beforeEach(async () => {
  await forgetConversations(service);
  await forgetRelations(service);
});

const path = (id: string, user = '') => `/v1/conversations/${id}/members${user && `/${user}`}`;
const add = (as: string, id: string, userIds: unknown, headers?: Record<string, string>) =>
  service.request<MembersAdded>('POST', path(id), { as, body: { userIds }, headers });
const remove = (as: string, id: string, user: string) => service.request('DELETE', path(id, user), { as });
const seen = (as: string, id: string) => get<ConversationView>(service, as, `/v1/conversations/${id}`);
const membersOf = async (id: string) =>
  (await allPages<MemberView>(service, alice.id, path(id))).items.map(({ user }) => user.id);
const told = async () => (await service.facts()).filter(({ type }) => type.startsWith('conversation-member.'));

describe('the members of a conversation', () => {
  it('are listed in the order of their joining, page by page', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    for (const user of others.slice(0, 5)) await add(alice.id, id, [user]);
    const { items, sizes } = await allPages<MemberView>(service, bob.id, `${path(id)}?limit=3`);
    expect(sizes).toEqual([3, 3, 1]);
    expect(items.slice(0, 2).map(({ user, role }) => [user.username, role])).toEqual([
      ['alice', 'OWNER'],
      ['bob', 'MEMBER'],
    ]);
    expect(items.slice(2).map(({ user }) => user.id)).toEqual(others.slice(0, 5));
  });

  it('are nobody else’s business', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    const answer = await service.request('GET', path(id), { as: carol.id });
    expect(answer).toMatchObject({ status: 404, body: { code: 'CONVERSATION_NOT_FOUND' } });
  });
});

describe('who is added', () => {
  it('sees what comes from then on, and the message that tells of it first', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    await say(service, id, alice.id, ['Before', 'you came']);
    const { status, body } = await add(alice.id, id, [carol.id]);
    expect({ status, body }).toMatchObject({
      ...{ status: 200, body: { memberCount: 3, added: [{ user: { username: 'carol' }, role: 'MEMBER' }] } },
    });
    expect(await seen(carol.id, id)).toMatchObject({
      ...{ unreadCount: 1, readSeq: 2, lastSeq: 3, memberCount: 3 },
      lastMessage: { type: 'SYSTEM', seq: 3, sender: { id: alice.id } },
    });
  });

  it('is told to the open clients of all, those of the new ones from this frame on, and as facts', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    await add(alice.id, id, [carol.id, others[0]]);
    const [, joined, message] = await frames(service);
    expect(joined).toMatchObject({
      ...{ audienceId: id, joined: [carol.id, others[0]], left: [] },
      frame: {
        type: 'conversation.member-added',
        data: {
          conversationId: id,
          conversation: { memberCount: 4 },
          members: [{ user: { id: carol.id } }, {}],
          addedBy: alice.id,
        },
      },
    });
    expect(message).toMatchObject({
      frame: { data: { metadata: { event: 'members-added', userIds: [carol.id, others[0]] } } },
    });
    expect(message?.version).toBeGreaterThan(joined?.version ?? 0);
    expect((await told()).slice(2)).toMatchObject([
      { type: 'conversation-member.added', payload: { userId: carol.id, conversationType: 'GROUP', role: 'MEMBER' } },
      { type: 'conversation-member.added', payload: { userId: others[0] } },
    ]);
  });

  it('is added once, however often one asks', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    const key = { 'idempotency-key': randomUUID() };
    for (const headers of [key, key]) {
      expect((await add(alice.id, id, [carol.id, bob.id, alice.id], headers)).body.added).toHaveLength(1);
    }
    expect(await add(alice.id, id, [carol.id])).toMatchObject({ status: 200, body: { added: [], memberCount: 3 } });
    expect((await seen(alice.id, id)).lastSeq).toBe(1);
  });

  it('begins anew where one comes back', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    const own = { role: 'ADMIN', archived: true, pinned_at: new Date(), permissions: { send: false } } as const;
    await changeMember(service, id, bob.id, own);
    await remove(bob.id, id, bob.id);
    await say(service, id, alice.id, ['While you were away']);
    await add(alice.id, id, [bob.id]);
    expect(await seen(bob.id, id)).toMatchObject({
      ...{ myRole: 'MEMBER', archived: false, pinned: false, unreadCount: 1, readSeq: 2, lastSeq: 3 },
    });
    const member = await collections.members(service.db).findOne({ _id: memberId(id, bob.id) });
    expect(member).toMatchObject({ active: true, permissions: {}, joined_seq: 2, left_at: null, left_clock: null });
  });

  it('wants it', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    await setAccount(service, carol.id, { audience: { invite: 'FRIENDS' } });
    const answer = await add(alice.id, id, [others[0], carol.id]);
    expect(answer).toMatchObject({ status: 403, body: { code: 'INVITE_NOT_ALLOWED', errors: [{ path: carol.id }] } });
    await setAccount(service, carol.id, { audience: { invite: 'EVERYONE' } });
    expect(await membersOf(id)).toHaveLength(2);
  });

  it.each([
    ['is blocked', () => block(service, alice.id, carol.id)],
    ['blocks', () => block(service, carol.id, alice.id)],
  ])('is nobody who %s', async (_, happen) => {
    const { id } = await group(service, alice.id, [bob.id]);
    await happen();
    expect(await add(alice.id, id, [carol.id])).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });
  });

  it('is added by those alone who may', async () => {
    const { id } = await group(service, alice.id, [bob.id], { type: 'CHANNEL' });
    expect(await add(bob.id, id, [carol.id])).toMatchObject({ status: 403, body: { code: 'ADD_NOT_ALLOWED' } });
    await changeMember(service, id, bob.id, { permissions: { invite: true } });
    expect((await add(bob.id, id, [carol.id])).status).toBe(200);
    const { id: two } = await direct(service, alice.id, bob.id);
    expect(await add(alice.id, two, [carol.id])).toMatchObject({ status: 422, body: { code: 'DIRECT_HAS_TWO' } });
  });

  it('has room: of 10,000 members there is none more', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    await collections.conversations(service.db).updateOne({ _id: id }, { $set: { member_count: 9_999 } });
    const full = { status: 409, body: { code: 'CONVERSATION_FULL' } };
    expect(await add(alice.id, id, [carol.id, others[0]])).toMatchObject(full);
    expect(await add(alice.id, id, [carol.id])).toMatchObject({ status: 200, body: { memberCount: 10_000 } });
    expect(await add(alice.id, id, [others[0]])).toMatchObject(full);
  });

  it.each([[[]], [{ $gt: '' }], [[{ $ne: null }]], ['all'], [Array.from({ length: 101 }, randomUUID)]])(
    'is not %j',
    async (userIds) => {
      const { id } = await group(service, alice.id, [bob.id]);
      expect(await add(alice.id, id, userIds)).toMatchObject({ status: 422, body: { code: 'BODY_INVALID' } });
    },
  );
});

describe('who leaves', () => {
  it('sees nothing more of it by any route, and the others are told', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    expect((await remove(bob.id, id, bob.id)).status).toBe(204);
    const gone = { status: 404, body: { code: 'CONVERSATION_NOT_FOUND' } };
    expect(await service.request('GET', `/v1/conversations/${id}`, { as: bob.id })).toMatchObject(gone);
    expect(await remove(bob.id, id, bob.id)).toMatchObject(gone);
    expect(await seen(alice.id, id)).toMatchObject({ memberCount: 1, participants: [{ id: alice.id }], lastSeq: 1 });
    const [, left, message] = await frames(service);
    expect(left).toMatchObject({
      ...{ left: [bob.id], joined: [] },
      frame: {
        type: 'conversation.member-removed',
        data: { conversationId: id, userId: bob.id, removedBy: bob.id, memberCount: 1 },
      },
    });
    expect(message).toMatchObject({ frame: { data: { sender: { id: bob.id }, metadata: { event: 'member-left' } } } });
    expect((await told()).at(-1)).toMatchObject({
      type: 'conversation-member.removed',
      payload: { userId: bob.id, removedBy: bob.id, role: 'MEMBER' },
    });
  });

  it('is not the owner while others are there; the last one may', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    expect(await remove(alice.id, id, alice.id)).toMatchObject({ status: 409, body: { code: 'OWNER_MUST_HAND_OVER' } });
    await remove(bob.id, id, bob.id);
    expect((await remove(alice.id, id, alice.id)).status).toBe(204);
    expect(await conversation(service, id)).toMatchObject({ member_count: 0, member_preview: [] });
  });

  it('leaves no conversation of two', async () => {
    const { id } = await direct(service, alice.id, bob.id);
    for (const user of [alice.id, bob.id]) {
      expect(await remove(alice.id, id, user)).toMatchObject({ status: 422, body: { code: 'DIRECT_CANNOT_BE_LEFT' } });
    }
  });

  it('makes room among those whom the conversation shows', async () => {
    const { id } = await group(service, alice.id, others.slice(0, 11));
    const shown = async () => (await seen(alice.id, id)).participants.map((it) => it.id);
    const [first = '', last = ''] = [others[0], others[10]];
    expect(await shown()).toEqual([alice.id, ...others.slice(0, 9)]);
    await remove(alice.id, id, first);
    const after = await shown();
    expect([after.length, new Set(after).size, after.includes(first)]).toEqual([10, 10, false]);
    await remove(alice.id, id, last);
    expect(await shown()).toHaveLength(10);
    expect((await shown()).every((it) => it !== first && it !== last)).toBe(true);
  });
});

describe('many at once', () => {
  it('keep the number of members what a count says, and every membership told once', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    const [stay, go] = [others.slice(0, 7), others.slice(7, 14)];
    await add(alice.id, id, go);
    await Promise.all([
      ...stay.map((user) => add(alice.id, id, [user])),
      ...stay.map((user) => add(bob.id, id, [user])),
      ...go.map((user) => remove(user, id, user)),
      ...go.map((user) => remove(alice.id, id, user)),
    ]);
    const members = await collections.members(service.db).find({ conversation_id: id, active: true }).toArray();
    expect(new Set(members.map(({ user_id }) => user_id))).toEqual(new Set([alice.id, bob.id, ...stay]));
    const { member_count, member_preview, last_seq } = await conversation(service, id);
    expect([member_count, member_preview.length, new Set(member_preview).size]).toEqual([9, 9, 9]);
    const facts = (await told()).map(({ type, payload }) => `${type} ${payload.userId}`);
    expect([facts.length, new Set(facts).size]).toEqual([2 + 7 + 7 + 7, 23]);
    expect(await collections.messages(service.db).countDocuments({ conversation_id: id })).toBe(last_seq);
  });
});

describe('the memberships that the gateway asks for', () => {
  interface Membership {
    conversationId: string;
    joinedVersion: number;
    leftVersion: number | null;
  }
  const memberships = (as: string, query = '') =>
    allPages<Membership>(service, as, `/v1/conversations/memberships${query}`);

  it('go from the frame of the joining to that of the leaving', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    await add(alice.id, id, [carol.id]);
    await remove(alice.id, id, bob.id);
    const [created, added, , removed] = await frames(service);
    expect([created?.joined, added?.joined, removed?.left]).toEqual([[alice.id, bob.id], [carol.id], [bob.id]]);
    const span = (joinedVersion = 0, leftVersion: number | null = null) => [
      { conversationId: id, joinedVersion, leftVersion },
    ];
    expect((await memberships(alice.id)).items).toEqual(span(created?.version));
    expect((await memberships(bob.id)).items).toEqual(span(created?.version, removed?.version));
    expect((await memberships(carol.id)).items).toEqual(span(added?.version));
    await add(alice.id, id, [bob.id]);
    const again = (await frames(service, 'conversation.member-added')).at(-1);
    expect((await memberships(bob.id)).items).toEqual(span(again?.version));
  });

  it('come page by page, those that last first, those that ended ten minutes ago no more', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await group(service, alice.id, [bob.id])).id);
    const [a = '', b = '', c = '', d = '', e = ''] = ids;
    for (const id of [a, b]) await remove(bob.id, id, bob.id);
    await changeMember(service, a, bob.id, { left_at: new Date(Date.now() - 11 * 60_000) });
    const { items, sizes } = await memberships(bob.id, '?limit=2');
    expect(sizes).toEqual([2, 2]);
    expect(items.map((it) => it.conversationId)).toEqual([...[c, d, e].sort(), b]);
  });
});
