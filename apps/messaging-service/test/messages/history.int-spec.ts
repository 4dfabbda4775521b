import type { ServiceUnderTest } from '@plaza/testing/service';
import type { MessageView } from '../../src/messages/message.view.js';
import { collections } from '../../src/storage/collections.js';
import { alice, bob, carol, messagingUnderTest } from '../messaging-under-test.js';
import { allPages, changeMember, conversationOf, get, type Listed, refused, say, sayOne } from './bed.js';

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await messagingUnderTest();
});
afterAll(() => service?.stop());

const seqs = ({ items }: { items: MessageView[] }): number[] => items.map(({ seq }) => seq);
const words = (count: number): string[] => Array.from({ length: count }, (_, index) => `Number ${index + 1}`);

/** Alice and bob have said ten things, in turns of five. */
async function talk(): Promise<string> {
  const id = await conversationOf(service, [alice.id, bob.id]);
  await say(service, id, alice.id, words(5));
  await say(service, id, bob.id, words(5));
  return `/v1/conversations/${id}/messages`;
}

describe('the history of a conversation', () => {
  it('comes newest first, in full pages', async () => {
    const path = await talk();
    const { items, sizes } = await allPages(service, bob.id, `${path}?limit=4`);
    expect(seqs({ items })).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(sizes).toEqual([4, 4, 2]);
  });

  it('ends without a cursor where the last page is full', async () => {
    const { sizes } = await allPages(service, bob.id, `${await talk()}?limit=5`);
    expect(sizes).toEqual([5, 5]);
  });

  it('is empty where nothing was said', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    expect(await get(service, alice.id, `/v1/conversations/${id}/messages`)).toEqual({ items: [], nextCursor: null });
  });

  it('goes back from a seq, and on in that direction', async () => {
    const path = await talk();
    const { items, sizes } = await allPages(service, alice.id, `${path}?beforeSeq=6&limit=3`);
    expect(seqs({ items })).toEqual([5, 4, 3, 2, 1]);
    expect(sizes).toEqual([3, 2]);
    expect(seqs(await get(service, alice.id, `${path}?beforeSeq=1`))).toEqual([]);
  });

  it('goes on after a seq, oldest first, for who has missed something', async () => {
    const path = await talk();
    const { items, sizes } = await allPages(service, alice.id, `${path}?afterSeq=4&limit=3`);
    expect(seqs({ items })).toEqual([5, 6, 7, 8, 9, 10]);
    expect(sizes).toEqual([3, 3]);
    expect(seqs(await get(service, alice.id, `${path}?afterSeq=0&limit=2`))).toEqual([1, 2]);
    expect(seqs(await get(service, alice.id, `${path}?afterSeq=10`))).toEqual([]);
  });

  it.each([
    ['in the middle', 5, 4, [3, 4, 5, 6]],
    ['in an odd number', 5, 3, [4, 5, 6]],
    ['at the beginning', 1, 4, [1, 2, 3, 4]],
    ['at the end', 10, 4, [7, 8, 9, 10]],
    ['past the end', 99, 3, [8, 9, 10]],
    ['alone', 7, 1, [7]],
  ])('shows what is around a message %s', async (_, seq, limit, expected) => {
    expect(seqs(await get(service, bob.id, `${await talk()}?aroundSeq=${seq}&limit=${limit}`))).toEqual(expected);
  });

  it('goes on from what is around a message to what is newer', async () => {
    const path = await talk();
    const around = await get<Listed>(service, bob.id, `${path}?aroundSeq=5&limit=4`);
    expect(seqs(await get(service, bob.id, `${path}?aroundSeq=5&limit=3&cursor=${around.nextCursor}`))).toEqual([
      7, 8, 9,
    ]);
  });

  it('is not changed by what is said while somebody reads it', async () => {
    const path = await talk();
    const first = await get<Listed>(service, alice.id, `${path}?limit=4`);
    await say(service, path.split('/')[3] ?? '', bob.id, words(3));
    expect(seqs(await get(service, alice.id, `${path}?limit=4&cursor=${first.nextCursor}`))).toEqual([6, 5, 4, 3]);
  });

  it('skips what one has deleted for oneself, in full pages, and for nobody else', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    const said = await say(service, id, alice.id, words(9));
    for (const { _id, seq } of said) {
      if (seq % 3 === 0) await service.request('DELETE', `/v1/messages/${_id}?for=me`, { as: bob.id });
    }
    const path = `/v1/conversations/${id}/messages`;
    expect(await allPages(service, bob.id, `${path}?limit=4`)).toMatchObject({ sizes: [4, 2] });
    expect(seqs(await get(service, bob.id, `${path}?afterSeq=0`))).toEqual([1, 2, 4, 5, 7, 8]);
    expect(seqs(await get(service, bob.id, `${path}?aroundSeq=6&limit=4`))).toEqual([4, 5, 7, 8]);
    expect(seqs(await get(service, alice.id, path))).toHaveLength(9);
  });

  it('keeps the place of what was deleted for everybody', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    const [, second] = await say(service, id, alice.id, words(3));
    await service.request('DELETE', `/v1/messages/${second?._id}?for=all`, { as: alice.id });
    const { items } = await get(service, bob.id, `/v1/conversations/${id}/messages`);
    expect(items.map(({ seq, content }) => [seq, content])).toEqual([
      [3, 'Number 3'],
      [2, null],
      [1, 'Number 1'],
    ]);
  });

  it('begins for a member after joining', async () => {
    const id = await conversationOf(service, [alice.id, bob.id, carol.id]);
    const said = await say(service, id, alice.id, words(6));
    await changeMember(service, id, carol.id, { joined_seq: 4 });
    const path = `/v1/conversations/${id}/messages`;
    for (const query of ['', '?beforeSeq=9', '?afterSeq=0', '?aroundSeq=2', '?aroundSeq=6']) {
      expect(seqs(await get(service, carol.id, path + query)).sort()).toEqual([5, 6]);
    }
    expect(refused(await service.request('GET', `/v1/messages/${said[3]?._id}`, { as: carol.id }))).toBe(
      '404 MESSAGE_NOT_FOUND',
    );
  });

  it('is nobody’s who has left', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    const { _id } = await sayOne(service, id, alice.id);
    await changeMember(service, id, bob.id, { active: false });
    const path = `/v1/conversations/${id}/messages`;
    expect(refused(await service.request('GET', path, { as: bob.id }))).toBe('404 CONVERSATION_NOT_FOUND');
    expect(refused(await service.request('GET', `/v1/messages/${_id}`, { as: bob.id }))).toBe('404 MESSAGE_NOT_FOUND');
  });

  it('refuses the cursor of another conversation and of another list', async () => {
    const [path, other] = [await talk(), await talk()];
    const { nextCursor } = await get<Listed>(service, alice.id, `${path}?limit=2`);
    const pins = other.replace('/messages', '/pins');
    for (const wrong of [other, pins, path.replace('/messages', '/pins')]) {
      const answer = await service.request('GET', `${wrong}?cursor=${nextCursor}`, { as: alice.id });
      expect(refused(answer)).toBe('400 CURSOR_INVALID');
    }
  });

  it.each(['beforeSeq=1&afterSeq=1', 'aroundSeq=0', 'beforeSeq=0', 'afterSeq=-1', 'afterSeq=1e3', 'limit=101'])(
    'does not understand %s',
    async (query) => {
      const answer = await service.request('GET', `${await talk()}?${query}`, { as: alice.id });
      expect(refused(answer)).toBe('400 QUERY_INVALID');
    },
  );

  it('shows a message as its sender and as others see it', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    const sent = await sayOne(service, id, alice.id, { client_id: 'f3c1ffb5-7b21-4b3b-8c5a-6d1c7de0f7a1' });
    const path = `/v1/messages/${sent._id}`;
    const mine = await get<MessageView>(service, alice.id, path);
    expect(mine).toMatchObject({ clientId: sent.client_id, readByCount: 0, status: 'SENT', myEmotions: [] });
    expect(mine.sender).toMatchObject({ id: alice.id, username: alice.username });
    expect(await get(service, bob.id, path)).toMatchObject({ clientId: null, readByCount: null, content: 'Hello' });
  });
});

describe('a thread', () => {
  it('has the answers, oldest first, whichever of its messages is asked for', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    const root = await sayOne(service, id, alice.id);
    await say(service, id, alice.id, words(2));
    const answers = await say(service, id, bob.id, words(5), { thread_id: root._id });
    const { items, sizes } = await allPages(service, alice.id, `/v1/messages/${root._id}/thread?limit=2`);
    expect(seqs({ items })).toEqual([4, 5, 6, 7, 8]);
    expect(sizes).toEqual([2, 2, 1]);
    expect(seqs(await get(service, alice.id, `/v1/messages/${answers[2]?._id}/thread`))).toEqual([4, 5, 6, 7, 8]);
  });

  it('is empty where nobody has answered', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    const { _id } = await sayOne(service, id, alice.id);
    expect(await get(service, alice.id, `/v1/messages/${_id}/thread`)).toEqual({ items: [], nextCursor: null });
  });
});

it.each<[string, object, Record<string, 1 | -1>, string]>([
  ['pins', { conversation_id: 'x', pinned_at: { $type: 'date' } }, { pinned_at: -1 }, 'idx_messages_pinned'],
  ['threads', { thread_id: { $eq: 'x', $type: 'string' }, seq: { $gt: 0 } }, { seq: 1 }, 'idx_messages_thread_id'],
  ['history', { conversation_id: 'x', seq: { $gt: 0, $lt: 9 } }, { seq: -1 }, 'uq_messages_conversation_id_seq'],
])('%s are read from their index', async (_, match, sort, index) => {
  const plan = await collections.messages(service.db).find(match, { sort }).explain('queryPlanner');
  expect(JSON.stringify(plan)).toContain(index);
});
