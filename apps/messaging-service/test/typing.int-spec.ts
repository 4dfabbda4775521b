import { eventually } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { collections } from '../src/storage/collections.js';
import { Listener } from './listener.js';
import { alice, block, bob, carol, forgetRelations, messagingUnderTest, setAccount } from './messaging-under-test.js';
import { changeMember, storedConversation } from './stored.js';

let chat: ServiceUnderTest;
let listener: Listener;

beforeAll(async () => {
  chat = await messagingUnderTest();
  listener = await Listener.start(chat, ['stream.frame']);
});
afterAll(async () => {
  await listener?.stop();
  await chat?.stop();
});

const typing = (as: string, id: string, body: unknown = {}) =>
  chat.request('PUT', `/v1/conversations/${id}/typing`, { as, body });

/** Frames of a topic are heard in their order: after that of the last talk there is none of an earlier one to come. */
async function framesUntil(id: string) {
  const told = () => listener.frames('typing.started');
  await eventually(() => expect(told().some(({ audience }) => audience === `CONVERSATION ${id}`)).toBe(true));
  return told();
}

it('tells the others who is typing and until when, and stores nothing', async () => {
  const group = await storedConversation(chat, [alice.id, bob.id]);
  expect(await typing(alice.id, group)).toMatchObject({ status: 204 });
  const [frame] = (await framesUntil(group)).filter(({ audience }) => audience.endsWith(group));
  const data = { conversationId: group, userId: alice.id, until: expect.any(String) };
  expect(frame).toEqual({ audience: `CONVERSATION ${group}`, exceptUserId: alice.id, data });
  expect(listener.facts('frame.published').at(-1)?.payload).toMatchObject({ momentary: true });
  expect(await chat.db.collection('outbox').countDocuments({ topic: 'stream.frame' })).toBe(0);
});

it('tells it once for somebody who types on, for each person and conversation', async () => {
  const [one, other] = [
    await storedConversation(chat, [alice.id, bob.id]),
    await storedConversation(chat, [alice.id, bob.id]),
  ];
  await Promise.all(Array.from({ length: 10 }, () => typing(alice.id, one)));
  await typing(bob.id, one);
  await typing(alice.id, other);
  const told = (await framesUntil(other)).filter(({ audience }) => audience.endsWith(one) || audience.endsWith(other));
  expect(told.map(({ audience, data }) => [audience, data.userId])).toEqual([
    [`CONVERSATION ${one}`, alice.id],
    [`CONVERSATION ${one}`, bob.id],
    [`CONVERSATION ${other}`, alice.id],
  ]);
});

it('refuses who may not send, and tells nobody', async () => {
  const channel = await storedConversation(chat, [alice.id, bob.id], { type: 'CHANNEL' });
  expect(await typing(bob.id, channel)).toMatchObject({ status: 403, body: { code: 'SEND_NOT_ALLOWED' } });
  const silenced = await storedConversation(chat, [alice.id, bob.id]);
  await changeMember(chat, silenced, bob.id, { permissions: { send: false } });
  expect(await typing(bob.id, silenced)).toMatchObject({ status: 403, body: { code: 'SEND_NOT_ALLOWED' } });
  const talk = await storedConversation(chat, [alice.id, bob.id], { type: 'DIRECT' });
  await block(chat, alice.id, bob.id);
  expect(await typing(bob.id, talk)).toMatchObject({ status: 403, body: { code: 'MESSAGE_NOT_ALLOWED' } });
  await forgetRelations(chat);
  const request = { by: bob.id, state: 'PENDING' } as const;
  await collections.conversations(chat.db).updateOne({ _id: talk }, { $set: { request, last_seq: 1 } });
  expect(await typing(bob.id, talk)).toMatchObject({ status: 403, body: { code: 'REQUEST_PENDING' } });
  await setAccount(chat, carol.id, { accountStatus: 'SUSPENDED' });
  const suspended = await storedConversation(chat, [alice.id, carol.id]);
  expect(await typing(carol.id, suspended)).toMatchObject({ status: 403, body: { code: 'ACCOUNT_NOT_ACTIVE' } });
  const last = await storedConversation(chat, [alice.id]);
  await typing(alice.id, last);
  const told = (await framesUntil(last)).map(({ audience }) => audience.split(' ')[1]);
  for (const id of [channel, silenced, talk, suspended]) expect(told).not.toContain(id);
});

it('is told nobody who has not agreed to talk, and nobody among more than 100', async () => {
  const asked = await storedConversation(chat, [alice.id, carol.id], { type: 'DIRECT' });
  const crowd = await storedConversation(chat, [alice.id, bob.id]);
  const request = { by: alice.id, state: 'PENDING' } as const;
  await collections.conversations(chat.db).updateOne({ _id: asked }, { $set: { request } });
  await collections.conversations(chat.db).updateOne({ _id: crowd }, { $set: { member_count: 101 } });
  for (const id of [asked, crowd]) expect(await typing(alice.id, id)).toMatchObject({ status: 204 });
  const last = await storedConversation(chat, [alice.id, bob.id]);
  await typing(alice.id, last);
  const told = (await framesUntil(last)).map(({ audience }) => audience.split(' ')[1]);
  for (const id of [asked, crowd]) expect(told).not.toContain(id);
});

it('is nothing for who is no member, or no longer', async () => {
  const group = await storedConversation(chat, [alice.id, bob.id]);
  await changeMember(chat, group, bob.id, { active: false });
  for (const { id } of [bob, carol]) {
    expect(await typing(id, group)).toMatchObject({ status: 404, body: { code: 'CONVERSATION_NOT_FOUND' } });
  }
});
