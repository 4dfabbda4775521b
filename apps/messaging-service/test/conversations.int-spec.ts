import { randomUUID } from 'node:crypto';
import { fact, UserCreated } from '@plaza/contracts';
import { userState } from '@plaza/testing';
import { ServiceUnderTest } from '@plaza/testing/service';
import type { ConversationView } from '../src/conversations/conversation.view.js';
import { messagingService } from '../src/index.js';
import { collections } from '../src/storage/collections.js';
import {
  alice,
  block,
  bob,
  carol,
  direct,
  factTypes,
  forgetConversations,
  forgetRelations,
  frames,
  group,
  messagingUnderTest,
  people,
  setAccount,
} from './messaging-under-test.js';

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await messagingUnderTest();
});
afterAll(() => service?.stop());
beforeEach(async () => {
  await forgetConversations(service);
  await forgetRelations(service);
  await setAccount(service, bob.id, { accountStatus: 'ACTIVE', audience: { message: 'EVERYONE', invite: 'EVERYONE' } });
});

const begin = (as: string, body: object, headers?: Record<string, string>) =>
  service.request<ConversationView>('POST', '/v1/conversations', { as, body, headers });
const patch = (as: string, id: string, body: unknown) =>
  service.request<ConversationView>('PATCH', `/v1/conversations/${id}`, { as, body });

describe('a conversation of two', () => {
  it('is named after nobody and belongs to both alike', async () => {
    expect(await direct(service, alice.id, bob.id)).toMatchObject({
      ...{ type: 'DIRECT', name: null, ownerId: null, memberCount: 2, myRole: 'MEMBER', request: null },
      participants: [{ username: 'alice' }, { username: 'bob' }],
      ...{
        unreadCount: 0,
        lastMessage: null,
        lastSeq: 0,
        readSeq: 0,
        mutedUntil: null,
        archived: false,
        pinned: false,
      },
    });
  });

  it('is the same whoever begins it, and how often', async () => {
    const { id } = await direct(service, alice.id, bob.id);
    for (const [as, other] of [
      [bob.id, alice.id],
      [alice.id, bob.id],
    ] as const) {
      expect(await begin(as, { type: 'DIRECT', participantIds: [other.toUpperCase()] })).toMatchObject({
        status: 200,
        body: { id },
      });
    }
    expect(await factTypes(service)).toEqual([
      'conversation.created',
      'conversation-member.added',
      'conversation-member.added',
    ]);
  });

  it('tells the open clients of who began it; the other learns of it by its first message', async () => {
    const { id } = await direct(service, alice.id, bob.id);
    expect(await frames(service)).toMatchObject([
      {
        ...{ audience: 'CONVERSATION', audienceId: id, exceptUserId: bob.id, joined: [alice.id, bob.id], left: [] },
        frame: { type: 'conversation.created', data: { id, type: 'DIRECT', participants: [{}, { username: 'bob' }] } },
      },
    ]);
  });

  it('is one where both begin it at once, at two instances, fifty times', async () => {
    const second = await ServiceUnderTest.start(messagingService, {
      PLAZA_MESSAGING_SERVICE_DATABASE_URL: service.databaseUrl,
      PLAZA_KAFKA_PREFIX: service.prefix,
    });
    try {
      for (let round = 0; round < 50; round += 1) {
        await collections.conversations(service.db).deleteMany({});
        await collections.members(service.db).deleteMany({});
        const answers = await Promise.all([
          begin(alice.id, { type: 'DIRECT', participantIds: [bob.id] }),
          second.request<ConversationView>('POST', '/v1/conversations', {
            as: bob.id,
            body: { type: 'DIRECT', participantIds: [alice.id] },
          }),
        ]);
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
        expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
        expect(await collections.conversations(service.db).countDocuments()).toBe(1);
        expect(await collections.members(service.db).countDocuments()).toBe(2);
      }
    } finally {
      await second.stop();
    }
  }, 120_000);

  it.each([
    ['with oneself', { participantIds: [alice.id] }, 422, 'CONVERSATION_WITH_SELF'],
    ['with nobody', { participantIds: [] }, 422, 'BODY_INVALID'],
    ['of three', { participantIds: [bob.id, carol.id] }, 422, 'BODY_INVALID'],
    ['with a name', { participantIds: [bob.id], name: 'Us' }, 422, 'BODY_INVALID'],
    ['with somebody who is not there', { participantIds: [randomUUID()] }, 404, 'USER_NOT_FOUND'],
  ])('is not begun %s', async (_, body, status, code) => {
    expect(await begin(alice.id, { type: 'DIRECT', ...body })).toMatchObject({ status, body: { code } });
    expect(await collections.conversations(service.db).countDocuments()).toBe(0);
  });

  it('is begun at once with somebody who registers at this moment', async () => {
    const dave = { id: randomUUID(), username: 'dave', displayName: 'Dave' };
    const [answer] = await Promise.all([
      begin(alice.id, { type: 'DIRECT', participantIds: [dave.id] }),
      service.publish(fact(UserCreated, userState(dave)), { version: 1 }),
    ]);
    expect(answer).toMatchObject({ status: 201, body: { participants: [{}, { username: 'dave' }] } });
  });

  it.each([
    ['whom one has blocked', () => block(service, alice.id, bob.id)],
    ['who has blocked one', () => block(service, bob.id, alice.id)],
    ['whose account is suspended', () => setAccount(service, bob.id, { accountStatus: 'SUSPENDED' })],
  ])('is not begun with somebody %s, who is nobody then', async (_, happen) => {
    await happen();
    const answer = await begin(alice.id, { type: 'DIRECT', participantIds: [bob.id] });
    expect(answer).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });
  });

  it('is not begun by somebody whose account is not active', async () => {
    await setAccount(service, bob.id, { accountStatus: 'SUSPENDED' });
    const answer = await begin(bob.id, { type: 'DIRECT', participantIds: [alice.id] });
    expect(answer).toMatchObject({ status: 403, body: { code: 'ACCOUNT_NOT_ACTIVE' } });
  });
});

describe('a group or channel', () => {
  it('belongs to who begins it, and its members see it and are told', async () => {
    const { id } = await group(service, alice.id, [bob.id, carol.id, bob.id, alice.id]);
    const { body } = await service.request<ConversationView>('GET', `/v1/conversations/${id}`, { as: carol.id });
    expect(body).toMatchObject({
      ...{ type: 'GROUP', name: 'Friends of Plaza', ownerId: alice.id, memberCount: 3 },
      myRole: 'MEMBER',
    });
    expect(body.settings).toEqual({ send: 'MEMBER', invite: 'MEMBER', pin: 'MEMBER' });
    expect(await frames(service)).toMatchObject([
      {
        ...{ exceptUserId: null, joined: [alice.id, bob.id, carol.id] },
        frame: { type: 'conversation.created', data: { id, name: 'Friends of Plaza' } },
      },
    ]);
    const [created, ...added] = (await service.facts()).filter(({ type }) => type !== 'frame.published');
    expect(created).toMatchObject({ type: 'conversation.created', payload: { id, memberCount: 3, ownerId: alice.id } });
    expect(added.map(({ payload }) => [payload.userId, payload.role])).toEqual([
      [alice.id, 'OWNER'],
      [bob.id, 'MEMBER'],
      [carol.id, 'MEMBER'],
    ]);
  });

  it('is begun once by a request that is repeated', async () => {
    const body = { type: 'GROUP', name: 'Once', participantIds: [bob.id] };
    const key = { 'idempotency-key': randomUUID() };
    const first = await begin(alice.id, body, key);
    const again = await begin(alice.id, body, key);
    expect([first.status, again.status, again.body.id]).toEqual([201, 201, first.body.id]);
    expect(await collections.conversations(service.db).countDocuments()).toBe(1);
  });

  it('is not shown to who has left it, by a request that is repeated either', async () => {
    const body = { type: 'CHANNEL', name: 'Once', participantIds: [] };
    const key = { 'idempotency-key': randomUUID() };
    const { id } = (await begin(alice.id, body, key)).body;
    await service.request('DELETE', `/v1/conversations/${id}/members/${alice.id}`, { as: alice.id });
    const again = await begin(alice.id, body, key);
    expect(again).toMatchObject({ status: 404, body: { code: 'CONVERSATION_NOT_FOUND' } });
  });

  it('may be a channel of one, in which only admins send, invite and pin', async () => {
    const { status, body } = await begin(alice.id, { type: 'CHANNEL', name: 'News', participantIds: [] });
    expect({ status, body }).toMatchObject({ status: 201, body: { memberCount: 1, myRole: 'OWNER' } });
    expect(body.settings).toEqual({ send: 'ADMIN', invite: 'ADMIN', pin: 'ADMIN' });
  });

  it('shows ten of its members, who began it among them', async () => {
    const others = await people(service, 12);
    const { participants, memberCount } = await group(service, alice.id, others);
    expect([participants.length, memberCount, participants[0]?.id]).toEqual([10, 13, alice.id]);
  });

  it.each([
    ['a group without a name', { type: 'GROUP', participantIds: [bob.id] }, 'name'],
    ['a group of one', { type: 'GROUP', name: 'Me', participantIds: [alice.id] }, 'participantIds'],
    ['a channel without a name', { type: 'CHANNEL', participantIds: [] }, 'name'],
    ['a name of blanks', { type: 'GROUP', name: '   ', participantIds: [bob.id] }, 'name'],
    ['a name that is too long', { type: 'GROUP', name: 'a'.repeat(101), participantIds: [bob.id] }, 'name'],
    [
      'a picture that is a trap',
      { type: 'GROUP', name: 'A', avatarUrl: 'javascript:alert(1)', participantIds: [bob.id] },
      'avatarUrl',
    ],
    ['a kind that there is not', { type: 'PARTY', name: 'A', participantIds: [bob.id] }, 'type'],
    [
      'too many people',
      { type: 'GROUP', name: 'A', participantIds: Array.from({ length: 100 }, randomUUID) },
      'participantIds',
    ],
    ['an operator for a name', { type: 'GROUP', name: { $gt: '' }, participantIds: [bob.id] }, 'name'],
    ['an operator for people', { type: 'GROUP', name: 'A', participantIds: { $gt: '' } }, 'participantIds'],
    ['an operator for a person', { type: 'GROUP', name: 'A', participantIds: [{ $gt: '' }] }, 'participantIds'],
    ['an operator for a kind', { type: { $gt: '' }, name: 'A', participantIds: [bob.id] }, 'type'],
    ['an operator as a field', { type: 'GROUP', name: 'A', participantIds: [bob.id], $where: '1' }, '$where'],
  ])('is not begun with %s', async (_, body, path) => {
    const answer = await service.request<{ code: string; errors: unknown[] }>('POST', '/v1/conversations', {
      as: alice.id,
      body,
    });
    expect(answer).toMatchObject({ status: 422, body: { code: 'BODY_INVALID' } });
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ path }));
    expect(await collections.conversations(service.db).countDocuments()).toBe(0);
  });

  it.each(['FRIENDS', 'NOBODY'] as const)('brings nobody along who wants invitations from %s', async (invite) => {
    await setAccount(service, bob.id, { audience: { invite } });
    const answer = await begin(alice.id, { type: 'GROUP', name: 'A', participantIds: [bob.id, carol.id] });
    expect(answer).toMatchObject({ status: 403, body: { code: 'INVITE_NOT_ALLOWED', errors: [{ path: bob.id }] } });
  });
});

describe('a change of a conversation', () => {
  it('changes what is given and tells of it, of a new name with a message too', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    const looks = { description: 'Rabbits only', avatarUrl: 'https://example.org/rabbit.png' };
    expect((await patch(alice.id, id, looks)).body).toMatchObject({ ...looks, name: 'Friends of Plaza', lastSeq: 0 });
    const renamed = await patch(alice.id, id, { name: '$name', description: null });
    expect(renamed.body).toMatchObject({
      ...{ name: '$name', description: null, avatarUrl: looks.avatarUrl, lastSeq: 1, unreadCount: 0 },
      lastMessage: { type: 'SYSTEM', seq: 1, sender: { username: 'alice' }, preview: null },
    });
    expect((await frames(service, 'message.sent')).map(({ frame }) => frame.data)).toMatchObject([
      { type: 'SYSTEM', metadata: { event: 'renamed', name: '$name' } },
    ]);
    expect((await frames(service, 'conversation.updated')).map(({ frame }) => frame.data)).toMatchObject([
      { description: 'Rabbits only' },
      { name: '$name' },
    ]);
    const seen = await service.request<ConversationView>('GET', `/v1/conversations/${id}`, { as: bob.id });
    expect(seen.body).toMatchObject({ name: '$name', unreadCount: 1 });
  });

  it('tells nobody where nothing becomes different', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    const before = await service.facts();
    const same = { name: 'Friends of Plaza', description: null, settings: { send: 'MEMBER' } };
    expect((await patch(alice.id, id, same)).status).toBe(200);
    expect(await service.facts()).toEqual(before);
  });

  it('changes one setting and leaves the others', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    const { body } = await patch(alice.id, id, { settings: { send: 'ADMIN' } });
    expect(body.settings).toEqual({ send: 'ADMIN', invite: 'MEMBER', pin: 'MEMBER' });
  });

  it('is not for the members of a conversation of two, nor for just any member', async () => {
    const two = await direct(service, alice.id, bob.id);
    const many = await group(service, alice.id, [bob.id]);
    for (const { id } of [two, many]) {
      const answer = await patch(bob.id, id, { name: 'Mine' });
      expect(answer).toMatchObject({ status: 403, body: { code: 'MANAGE_NOT_ALLOWED' } });
    }
  });

  it('is not made by somebody whose account is not active', async () => {
    const { id } = await group(service, bob.id, [alice.id]);
    await setAccount(service, bob.id, { accountStatus: 'SUSPENDED' });
    const answer = await patch(bob.id, id, { name: 'Rude words' });
    expect(answer).toMatchObject({ status: 403, body: { code: 'ACCOUNT_NOT_ACTIVE' } });
  });

  it.each([
    { name: null },
    { name: { $ne: 1 } },
    { description: ['a'] },
    { settings: [] },
    { settings: { send: { $gt: '' } } },
    { settings: { send: 'OWNER' } },
    { settings: { delete: 'ADMIN' } },
    { owner_id: bob.id },
    { 'settings.send': 'ADMIN' },
    [],
  ])('is not made of %j', async (body) => {
    const { id } = await group(service, alice.id, [bob.id]);
    expect(await patch(alice.id, id, body)).toMatchObject({ status: 422, body: { code: 'BODY_INVALID' } });
  });

  it('is refused for what is no conversation', async () => {
    expect(await patch(alice.id, randomUUID(), { name: 'A' })).toMatchObject({
      status: 404,
      body: { code: 'CONVERSATION_NOT_FOUND' },
    });
    expect(await patch(alice.id, '{"$gt":""}', { name: 'A' })).toMatchObject({
      status: 400,
      body: { code: 'PATH_INVALID' },
    });
  });
});
