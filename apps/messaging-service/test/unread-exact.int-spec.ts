import { inParallel } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { collections } from '../src/storage/collections.js';
import { alice, bob, carol, group, messagingUnderTest, sendText } from './messaging-under-test.js';
import { memberOf } from './stored.js';

const people = [alice.id, bob.id, carol.id];
let chat: ServiceUnderTest;

beforeAll(async () => {
  // On a busy machine who meets others in two conversations may wait longer than a client would.
  chat = await messagingUnderTest({}, { PLAZA_REQUEST_BUDGET: '12500ms' });
});
afterAll(() => chat?.stop());

/** The same numbers in the same order for the same seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
}

async function act(conversationId: string, as: string, roll: (sides: number) => number): Promise<void> {
  const kind = roll(10);
  if (kind < 5) return void (await sendText(chat, conversationId, as));
  const { last_seq = 0 } = (await collections.conversations(chat.db).findOne({ _id: conversationId })) ?? {};
  const seq = roll(last_seq) + 1;
  if (kind < 7) {
    const path = `/v1/conversations/${conversationId}/read`;
    const { status, body } = await chat.request<{ readSeq: number }>('PUT', path, { as, body: { seq } });
    expect(status).toBe(200);
    expect(body.readSeq).toBeGreaterThanOrEqual(Math.min(seq, last_seq));
    return;
  }
  const message = await collections.messages(chat.db).findOne({ conversation_id: conversationId, seq });
  const who = kind < 9 ? as : (message?.sender_id ?? as);
  const { status } = await chat.request('DELETE', `/v1/messages/${message?._id}?for=${kind < 9 ? 'me' : 'all'}`, {
    as: who,
  });
  // There may be no message yet, and what happened in a conversation is not deleted for all.
  expect([204, 400, 403, 404]).toContain(status);
}

async function recount(conversationId: string, userId: string): Promise<number> {
  const { read_seq, joined_seq } = await memberOf(chat, conversationId, userId);
  const after = { $gt: Math.max(read_seq, joined_seq) };
  const unread = { conversation_id: conversationId, seq: after, sender_id: { $ne: userId }, deleted_at: null };
  const ids = await collections.messages(chat.db).distinct('_id', unread);
  const hidden = await collections.hidden(chat.db).countDocuments({ user_id: userId, message_id: { $in: ids } });
  return ids.length - hidden;
}

it('is what a recount gives, after all that many did to the messages at once, wherever it is shown', async () => {
  const groups = [await group(chat, alice.id, [bob.id, carol.id]), await group(chat, bob.id, [alice.id, carol.id])];
  const roll = dice(2_026);
  const steps = Array.from({ length: 160 }, (_, index) => ({
    conversationId: groups[index % groups.length]?.id ?? '',
    as: people[roll(people.length)] ?? alice.id,
  }));
  await inParallel(8, steps, ({ conversationId, as }) => act(conversationId, as, roll));
  for (const as of people) {
    const expected = new Map<string, number>();
    for (const { id } of groups) expected.set(id, await recount(id, as));
    const listed = await chat.request<{ items: Array<{ id: string; unreadCount: number }> }>(
      'GET',
      '/v1/conversations',
      { as },
    );
    expect(new Map(listed.body.items.map(({ id, unreadCount }) => [id, unreadCount]))).toEqual(expected);
    const counts = [...expected.values()];
    const messages = counts.reduce((sum, count) => sum + count, 0);
    expect((await chat.request('GET', '/v1/conversations/unread-count', { as })).body).toEqual({
      messages,
      conversations: counts.filter((count) => count > 0).length,
    });
    for (const { id } of groups) {
      const { body } = await chat.request('PUT', `/v1/conversations/${id}/read`, { as, body: { seq: 0 } });
      expect(body).toMatchObject({ unreadCount: expected.get(id) });
    }
  }
});
