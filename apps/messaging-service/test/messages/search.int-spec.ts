import { randomUUID } from 'node:crypto';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { collections } from '../../src/storage/collections.js';
import { alice, bob, carol, messagingUnderTest } from '../messaging-under-test.js';
import { allPages, changeMember, conversation, conversationOf, get, type Listed, refused, say, sayOne } from './bed.js';

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await messagingUnderTest();
});
afterAll(() => service?.stop());
beforeEach(async () => {
  await collections.conversations(service.db).deleteMany({});
  await collections.members(service.db).deleteMany({});
  await collections.messages(service.db).deleteMany({});
});

const path = (q: string, more = ''): string => `/v1/messages/search?q=${encodeURIComponent(q)}${more}`;
const find = async (as: string, q: string, more = ''): Promise<Array<string | null>> => {
  const { items } = await get(service, as, path(q, more));
  return items.map(({ content }) => content);
};

/** Sets when something was said, in minutes after an hour that is the same for all. */
async function at(id: string, minute: number): Promise<void> {
  const created_at = new Date(Date.UTC(2026, 0, 1, 12, minute));
  const { conversation_id } =
    (await collections.messages(service.db).findOneAndUpdate({ _id: id }, { $set: { created_at } })) ?? {};
  await collections
    .conversations(service.db)
    .updateOne({ _id: conversation_id ?? '' }, { $max: { last_activity_at: created_at } });
}

describe('a search', () => {
  it('finds all words, in any order, of any case, with or without accents, and not parts of them', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    await say(service, id, bob.id, ['Coffee and cake', 'cake', 'Coffeeshop', 'CAKE with your cöffee?']);
    expect(await find(alice.id, 'coffee cake')).toEqual(['CAKE with your cöffee?', 'Coffee and cake']);
    expect(await find(alice.id, 'tea')).toEqual([]);
  });

  it('finds words that others leave out as too common', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    await say(service, id, bob.id, ['to be or not to be', 'the the']);
    expect(await find(alice.id, 'to be')).toEqual(['to be or not to be']);
    expect(await find(alice.id, 'the')).toEqual(['the the']);
  });

  it.each(['!!!', '-', '"', '\\', '$', '{"$gt":""}', '-coffee', '"coffee" -"cake"'])(
    'takes %p for words',
    async (q) => {
      const id = await conversationOf(service, [alice.id, bob.id]);
      await say(service, id, bob.id, ['coffee', 'coffee -cake "quoted"']);
      const found = await find(alice.id, q);
      expect(found).toEqual(
        q === '-coffee' ? ['coffee -cake "quoted"', 'coffee'] : q.includes('cake') ? ['coffee -cake "quoted"'] : [],
      );
    },
  );

  it('knows one’s own conversations alone, also by name', async () => {
    const mine = await conversationOf(service, [alice.id, bob.id]);
    const theirs = await conversationOf(service, [bob.id, carol.id]);
    await sayOne(service, mine, bob.id, { content: 'a secret of two' });
    await sayOne(service, theirs, carol.id, { content: 'a secret of others' });
    expect(await find(alice.id, 'secret')).toEqual(['a secret of two']);
    expect(await find(bob.id, 'secret')).toHaveLength(2);
    expect(await find(bob.id, 'secret', `&conversationId=${theirs}`)).toEqual(['a secret of others']);
    const answer = await service.request('GET', path('secret', `&conversationId=${theirs}`), { as: alice.id });
    expect(refused(answer)).toBe('404 CONVERSATION_NOT_FOUND');
  });

  it('finds nothing for who has left', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    await sayOne(service, id, alice.id, { content: 'secret' });
    await changeMember(service, id, bob.id, { active: false });
    expect(await find(bob.id, 'secret')).toEqual([]);
    const answer = await service.request('GET', path('secret', `&conversationId=${id}`), { as: bob.id });
    expect(refused(answer)).toBe('404 CONVERSATION_NOT_FOUND');
  });

  it('finds nothing from before one came', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    await say(service, id, alice.id, ['secret one', 'secret two', 'secret three']);
    await changeMember(service, id, bob.id, { joined_seq: 2 });
    expect(await find(bob.id, 'secret')).toEqual(['secret three']);
    expect(await find(bob.id, 'secret', `&conversationId=${id}`)).toEqual(['secret three']);
  });

  it('does not find what one has deleted for oneself', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    const [first] = await say(service, id, alice.id, ['secret one', 'secret two']);
    await service.request('DELETE', `/v1/messages/${first?._id}?for=me`, { as: bob.id });
    expect(await find(bob.id, 'secret')).toEqual(['secret two']);
    expect(await find(alice.id, 'secret')).toHaveLength(2);
  });

  it('finds an edited message by its new words alone', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    const { _id } = await sayOne(service, id, alice.id, { content: 'tea' });
    await service.request('PATCH', `/v1/messages/${_id}`, { as: alice.id, body: { content: 'coffee' } });
    expect([await find(bob.id, 'tea'), await find(bob.id, 'coffee')]).toEqual([[], ['coffee']]);
  });

  it('does not find what a stranger asked who was declined', async () => {
    const request = { by: bob.id, state: 'DECLINED' } as const;
    const id = await conversationOf(service, [alice.id, bob.id], { type: 'DIRECT', request });
    await sayOne(service, id, bob.id, { content: 'buy this' });
    expect([await find(alice.id, 'buy'), await find(bob.id, 'buy')]).toEqual([[], ['buy this']]);
  });

  it('shows a message as its history does', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    await sayOne(service, id, alice.id, { content: 'coffee' });
    await changeMember(service, id, bob.id, { delivered_seq: 1, read_seq: 1 });
    const [found] = (await get(service, alice.id, path('coffee'))).items;
    const [listed] = (await get(service, alice.id, `/v1/conversations/${id}/messages`)).items;
    expect(found).toEqual(listed);
    expect(found).toMatchObject({ status: 'READ', readByCount: 1, sender: { username: alice.username } });
  });
});

describe('what is found', () => {
  it('comes from all conversations together, the newest first, in full pages', async () => {
    const ids = [];
    for (let index = 0; index < 3; index += 1) ids.push(await conversationOf(service, [alice.id, bob.id]));
    const expected: string[] = [];
    for (let minute = 0; minute < 12; minute += 1) {
      const content = `word ${minute}`;
      const { _id } = await sayOne(service, ids[(minute * 2) % 3] ?? '', bob.id, { content });
      await at(_id, minute);
      expected.unshift(content);
    }
    const { items, sizes } = await allPages(service, alice.id, path('word', '&limit=5'));
    expect(items.map(({ content }) => content)).toEqual(expected);
    expect(sizes).toEqual([5, 5, 2]);
  });

  it('comes in full pages also where much of it is hidden', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    const said = await say(
      service,
      id,
      bob.id,
      Array.from({ length: 10 }, (_, index) => `word ${index}`),
    );
    for (const { _id, seq } of said) {
      if (seq % 2 === 0) await service.request('DELETE', `/v1/messages/${_id}?for=me`, { as: alice.id });
    }
    expect(await allPages(service, alice.id, path('word', '&limit=3'))).toMatchObject({ sizes: [3, 2] });
  });

  it('keeps its order where messages have one time', async () => {
    const ids = [
      await conversationOf(service, [alice.id, bob.id]),
      await conversationOf(service, [alice.id, carol.id]),
    ];
    for (const id of ids) {
      for (const { _id } of await say(service, id, alice.id, ['word 1', 'word 2', 'word 3'])) await at(_id, 7);
    }
    const { items, sizes } = await allPages(service, alice.id, path('word', '&limit=2'));
    expect(sizes).toEqual([2, 2, 2]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(6);
  });

  it('comes from more conversations than one operation searches', async () => {
    for (let index = 0; index < 120; index += 1) {
      const { _id } = await sayOne(service, await conversationOf(service, [alice.id, bob.id]), bob.id, {
        content: index % 10 === 3 ? 'needle' : 'hay',
      });
      await at(_id, index);
    }
    const { items, sizes } = await allPages(service, alice.id, path('needle', '&limit=5'));
    expect(sizes).toEqual([5, 5, 2]);
    const times = items.map(({ createdAt }) => createdAt);
    expect(times).toEqual([...times].sort().reverse());
  });

  it('goes on only with the cursor of the same search by the same person', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    await say(service, id, bob.id, ['word 1', 'word 2', 'word 3']);
    const { nextCursor } = await get<Listed>(service, alice.id, path('word', '&limit=1'));
    const asked = [
      [alice.id, path('words', `&cursor=${nextCursor}`)],
      [alice.id, path('word', `&conversationId=${id}&cursor=${nextCursor}`)],
      [bob.id, path('word', `&cursor=${nextCursor}`)],
    ] as const;
    for (const [as, other] of asked) {
      expect(refused(await service.request('GET', other, { as }))).toBe('400 CURSOR_INVALID');
    }
  });

  it('costs no more for what others say in their conversations', async () => {
    const mine = await conversationOf(service, [alice.id, bob.id]);
    await say(service, mine, bob.id, ['common', 'rare']);
    const theirs = await conversationOf(service, [bob.id, carol.id]);
    await say(
      service,
      theirs,
      bob.id,
      Array.from({ length: 300 }, (_, index) => `common ${index}`),
    );
    const { last_seq } = await conversation(service, mine);
    const plan = await collections
      .messages(service.db)
      .find({ conversation_id: mine, seq: { $gt: 0 }, $text: { $search: '"common"' } })
      .explain('executionStats');
    expect(last_seq).toBe(2);
    expect(plan.executionStats.totalKeysExamined).toBeLessThan(10);
  });

  it('is nothing without words', async () => {
    for (const query of ['', '?q=', '?q=%20', `?q=${'x'.repeat(201)}`, `?q=a&conversationId=${randomUUID()}x`]) {
      const answer = await service.request('GET', `/v1/messages/search${query}`, { as: alice.id });
      expect(refused(answer)).toBe('400 QUERY_INVALID');
    }
  });
});
