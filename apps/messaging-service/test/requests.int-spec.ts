import { randomUUID } from 'node:crypto';
import { eventually } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { ConversationView } from '../src/conversations/conversation.view.js';
import { collections } from '../src/storage/collections.js';
import { get, say } from './messages/bed.js';
import {
  alice,
  befriend,
  block,
  bob,
  carol,
  direct,
  forgetConversations,
  forgetRelations,
  frames,
  group,
  messagingUnderTest,
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
  await setAccount(service, bob.id, { audience: { message: 'FRIENDS' } });
});

const begin = (as: string, other: string) =>
  service.request<ConversationView>('POST', '/v1/conversations', {
    as,
    body: { type: 'DIRECT', participantIds: [other] },
  });
const answer = (as: string, id: string, word: 'accept' | 'decline', headers?: Record<string, string>) =>
  service.request<ConversationView>('POST', `/v1/conversations/${id}/${word}`, { as, headers });
const listed = async (as: string, query = '') => {
  const { items } = await get<{ items: ConversationView[] }>(service, as, `/v1/conversations${query}`);
  return items.map(({ id }) => id);
};
const requestOf = async (as: string, id: string) =>
  (await get<ConversationView>(service, as, `/v1/conversations/${id}`)).request;

/** Alice has asked Bob, who hears from friends alone, and has said something. */
async function asked(): Promise<string> {
  const { id } = await direct(service, alice.id, bob.id);
  await say(service, id, alice.id, ['May I?']);
  return id;
}

it('a first message to somebody who hears from friends alone has to be agreed to', async () => {
  const { body } = await begin(alice.id, bob.id);
  expect(body.request).toEqual({ by: alice.id, state: 'PENDING' });
});

it('friends need not ask, and who hears from everyone is not asked', async () => {
  await befriend(service, alice.id, bob.id);
  expect((await begin(alice.id, bob.id)).body.request).toBeNull();
  expect((await begin(alice.id, carol.id)).body.request).toBeNull();
});

it('who hears from friends alone may begin with anybody', async () => {
  expect((await begin(bob.id, alice.id)).body.request).toBeNull();
});

it('who wants no messages gets none, but goes on talking where they talk already', async () => {
  const { id } = await direct(service, alice.id, carol.id);
  for (const { id: who } of [bob, carol]) await setAccount(service, who, { audience: { message: 'NOBODY' } });
  expect(await begin(alice.id, bob.id)).toMatchObject({ status: 403, body: { code: 'MESSAGES_NOT_WANTED' } });
  expect(await begin(alice.id, carol.id)).toMatchObject({ status: 200, body: { id } });
  await setAccount(service, carol.id, { audience: { message: 'EVERYONE' } });
});

it('a request is in a list of its own until it is answered, once something is said', async () => {
  const { id } = await direct(service, alice.id, bob.id);
  expect([await listed(bob.id), await listed(bob.id, '?requests=true')]).toEqual([[], []]);
  await say(service, id, alice.id, ['May I?']);
  expect([await listed(bob.id), await listed(bob.id, '?requests=true')]).toEqual([[], [id]]);
  expect([await listed(alice.id), await listed(alice.id, '?requests=true')]).toEqual([[id], []]);
  expect(await get(service, bob.id, '/v1/conversations/unread-count')).toEqual({ messages: 0, conversations: 0 });
});

it('agreed to it is a conversation as any other, and both are told, once', async () => {
  const id = await asked();
  const key = { 'idempotency-key': randomUUID() };
  for (const headers of [key, key, undefined]) {
    expect(await answer(bob.id, id, 'accept', headers)).toMatchObject({
      status: 200,
      body: { id, request: { by: alice.id, state: 'ACCEPTED' } },
    });
  }
  expect([await listed(bob.id), await listed(bob.id, '?requests=true')]).toEqual([[id], []]);
  expect(await frames(service, 'conversation.updated')).toMatchObject([
    { audience: 'CONVERSATION', audienceId: id, frame: { data: { id, request: { state: 'ACCEPTED' } } } },
  ]);
  expect(await answer(bob.id, id, 'decline')).toMatchObject({ status: 409, body: { code: 'REQUEST_ACCEPTED' } });
});

it('agreed to it tells who has asked how far the other had read before', async () => {
  const id = await asked();
  await service.request('PUT', `/v1/conversations/${id}/read`, { as: bob.id, body: { seq: 1 } });
  const members = collections.members(service.db);
  await eventually(async () => expect(await members.countDocuments({ receipts_due: true })).toBe(0));
  await answer(bob.id, id, 'accept');
  await eventually(async () => {
    const told = (await service.facts()).filter(({ type, key }) => type === 'receipts.moved' && key === id);
    expect(told.flatMap(({ payload }) => payload.watermarks)).toContainEqual({
      userId: bob.id,
      deliveredSeq: 1,
      readSeq: 1,
    });
  });
});

it('declined it is in no list, and who has asked learns nothing', async () => {
  const id = await asked();
  for (let time = 0; time < 2; time += 1) expect((await answer(bob.id, id, 'decline')).status).toBe(204);
  expect([await listed(bob.id), await listed(bob.id, '?requests=true')]).toEqual([[], []]);
  expect(await listed(alice.id)).toEqual([id]);
  expect(await requestOf(alice.id, id)).toEqual({ by: alice.id, state: 'PENDING' });
  expect(await requestOf(bob.id, id)).toEqual({ by: alice.id, state: 'DECLINED' });
  expect(await frames(service, 'conversation.updated')).toMatchObject([{ audience: 'USER', audienceId: bob.id }]);
});

it('what was declined can still be agreed to', async () => {
  const id = await asked();
  await answer(bob.id, id, 'decline');
  expect((await answer(bob.id, id, 'accept')).status).toBe(200);
  expect(await listed(bob.id)).toEqual([id]);
});

it('two answers at once end in one of them', async () => {
  const id = await asked();
  const answers = await Promise.all([answer(bob.id, id, 'accept'), answer(bob.id, id, 'decline')]);
  expect(answers[0]?.status).toBe(200);
  expect([204, 409]).toContain(answers[1]?.status);
  expect(await requestOf(bob.id, id)).toEqual({ by: alice.id, state: 'ACCEPTED' });
});

it.each(['accept', 'decline'] as const)('is not for who has asked, nor for others, to %s', async (word) => {
  const id = await asked();
  const none = { status: 404, body: { code: 'REQUEST_NOT_FOUND' } };
  expect(await answer(alice.id, id, word)).toMatchObject(none);
  expect(await answer(carol.id, id, word)).toMatchObject({ status: 404, body: { code: 'CONVERSATION_NOT_FOUND' } });
  const { id: many } = await group(service, alice.id, [carol.id]);
  expect(await answer(carol.id, many, word)).toMatchObject(none);
});

it('a block ends that one can begin, whatever was agreed to', async () => {
  const id = await asked();
  await answer(bob.id, id, 'accept');
  await block(service, bob.id, alice.id);
  expect(await begin(alice.id, bob.id)).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });
});
