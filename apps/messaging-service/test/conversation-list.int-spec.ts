import { Cursors } from '@plaza/service-kit';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { MongoClient } from 'mongodb';
import type { ConversationView } from '../src/conversations/conversation.view.js';
import { ConversationReads } from '../src/conversations/conversation-reads.js';
import { collections, memberId } from '../src/storage/collections.js';
import { allPages, changeMember, get, say } from './messages/bed.js';
import {
  alice,
  bob,
  carol,
  direct,
  forgetConversations,
  frames,
  group,
  messagingUnderTest,
  people,
} from './messaging-under-test.js';

interface Listed {
  items: ConversationView[];
  nextCursor: string | null;
}

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await messagingUnderTest();
});
afterAll(() => service?.stop());
beforeEach(() => forgetConversations(service));

const list = (as: string, query = '') => get<Listed>(service, as, `/v1/conversations${query}`);
const namesOf = (items: ConversationView[]) => items.map(({ name }) => name);
const mine = (method: string, id: string, what: string, body?: object) =>
  service.request(method, `/v1/conversations/${id}/${what}`, { as: alice.id, body });

/** Alice's groups, the one named last is the one in which something has happened last. */
async function groups(...names: string[]): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const [index, name] of names.entries()) {
    const { id } = await group(service, alice.id, [bob.id], { name });
    await say(service, id, bob.id, [`Hello ${name}`], { created_at: new Date(Date.UTC(2026, 10, 1, 12, index)) });
    ids.set(name, id);
  }
  return ids;
}

const idIn = (ids: Map<string, string>, name: string): string => ids.get(name) ?? '';

describe('the list of conversations', () => {
  it('is in the order of what happened last, with what that was', async () => {
    await groups('one', 'two', 'three');
    const { items, nextCursor } = await list(alice.id);
    expect([namesOf(items), nextCursor]).toEqual([['three', 'two', 'one'], null]);
    expect(items[0]).toMatchObject({
      ...{ unreadCount: 1, lastSeq: 1, lastActivityAt: '2026-11-01T12:02:00.000Z' },
      lastMessage: { seq: 1, sender: { id: bob.id, username: 'bob' }, type: 'TEXT', preview: 'Hello three' },
    });
  });

  it('begins with those that are pinned, the newest pin first', async () => {
    const ids = await groups('one', 'two', 'three', 'four');
    for (const name of ['three', 'one']) await mine('PUT', idIn(ids, name), 'pin');
    expect(namesOf((await list(alice.id)).items)).toEqual(['one', 'three', 'four', 'two']);
    expect(namesOf((await list(bob.id)).items)).toEqual(['four', 'three', 'two', 'one']);
    await mine('DELETE', idIn(ids, 'one'), 'pin');
    expect(namesOf((await list(alice.id)).items)).toEqual(['three', 'four', 'two', 'one']);
  });

  it('comes in full pages, every conversation once, also where times are the same', async () => {
    const ids = await groups('a', 'b', 'c', 'd', 'e', 'f', 'g');
    const same = { last_activity_at: new Date('2026-11-01T13:00:00Z') };
    const some = ['b', 'c', 'd', 'e'].map((name) => idIn(ids, name));
    await collections.conversations(service.db).updateMany({ _id: { $in: some } }, { $set: same });
    const pinned = { pinned_at: new Date('2026-11-02T12:00:00Z') };
    for (const name of ['a', 'c', 'e']) await changeMember(service, idIn(ids, name), alice.id, pinned);
    const { items, sizes } = await allPages<ConversationView>(service, alice.id, '/v1/conversations?limit=2');
    expect(sizes).toEqual([2, 2, 2, 1]);
    expect(namesOf(items)).toEqual(['e', 'c', 'a', 'd', 'b', 'g', 'f']);
    expect(items).toEqual((await list(alice.id)).items);
  });

  it('leaves out what is archived, which has a list of its own', async () => {
    const ids = await groups('one', 'two');
    expect(await mine('PUT', idIn(ids, 'two'), 'archive')).toMatchObject({ status: 200, body: { archived: true } });
    expect(namesOf((await list(alice.id)).items)).toEqual(['one']);
    expect(namesOf((await list(alice.id, '?archived=true')).items)).toEqual(['two']);
    expect(namesOf((await list(bob.id)).items)).toEqual(['two', 'one']);
    await mine('DELETE', idIn(ids, 'two'), 'archive');
    expect(namesOf((await list(alice.id)).items)).toEqual(['two', 'one']);
  });

  it('shows a conversation of two to the other once something is said', async () => {
    const { id } = await direct(service, alice.id, bob.id);
    const listed = async (as: string) => (await list(as)).items.map((it) => it.id);
    expect([await listed(alice.id), await listed(bob.id)]).toEqual([[id], []]);
    await say(service, id, alice.id, ['Hello']);
    expect([await listed(alice.id), await listed(bob.id)]).toEqual([[id], [id]]);
  });

  it('shows nothing of what was said before one came back, and nothing of a last message that one has deleted', async () => {
    const ids = await groups('one', 'two');
    await changeMember(service, idIn(ids, 'one'), alice.id, { joined_seq: 1, read_seq: 1, delivered_seq: 1 });
    const [, two] = (await list(alice.id)).items;
    expect(two).toMatchObject({ name: 'one', lastMessage: null, unreadCount: 0 });
    const { items } = await list(alice.id);
    const seen = items[0]?.lastMessage?.id ?? '';
    await collections.hidden(service.db).insertOne({
      ...{ _id: `${alice.id}:${seen}`, user_id: alice.id, conversation_id: idIn(ids, 'two') },
      ...{ message_id: seen, seq: 1, counts: true },
    });
    expect((await list(alice.id)).items[0]).toMatchObject({ lastMessage: { preview: null }, unreadCount: 0 });
  });

  it('takes two queries, whatever the number of messages, people and conversations', async () => {
    const others = await people(service, 9);
    const { id } = await group(service, alice.id, others, { name: 'many' });
    await groups('one', 'two', 'three');
    const client = new MongoClient(service.databaseUrl, { monitorCommands: true });
    try {
      const commands: string[] = [];
      client.on('commandStarted', ({ commandName }) => void commands.push(commandName));
      const reads = new ConversationReads(client.db(), new Cursors(['a key']));
      const query = { limit: 100, archived: false, requests: false };
      const asked = async () => {
        commands.length = 0;
        const { items } = await reads.list(alice.id, query);
        return { commands: commands.filter((it) => it !== 'endSessions'), unread: items.map((it) => it.unreadCount) };
      };
      const two = ['aggregate', 'aggregate'];
      expect(await asked()).toEqual({ commands: two, unread: [0, 1, 1, 1] });
      await say(
        service,
        id,
        bob.id,
        Array.from({ length: 2_000 }, (_, n) => `Message ${n}`),
      );
      await say(service, id, alice.id, ['Mine']);
      expect(await asked()).toEqual({ commands: two, unread: [2_000, 1, 1, 1] });
      await copies(id, 97);
      const { commands: taken, unread } = await asked();
      expect([taken, unread.length, unread.reduce((sum, n) => sum + n, 0)]).toEqual([two, 100, 2_003]);
    } finally {
      await client.close();
    }
  });

  it.each([
    '?archived=yes',
    '?requests[$ne]=1&requests=x',
    '?limit=0',
    '?limit[$gt]=0&limit=x',
    '?cursor=made-up',
    '?archived=true&archived=false',
  ])('is not asked for with %s', async (query) => {
    const answer = await service.request('GET', `/v1/conversations${query}`, { as: alice.id });
    expect(answer).toMatchObject({ status: 400, body: { code: expect.stringMatching(/_INVALID$/) } });
  });

  it('takes no cursor of another list', async () => {
    await groups('one', 'two', 'three');
    const { nextCursor } = await list(alice.id, '?limit=1');
    for (const [as, query] of [
      [alice.id, '?archived=true&'],
      [bob.id, '?'],
    ]) {
      const answer = await service.request('GET', `/v1/conversations${query}cursor=${nextCursor}`, { as });
      expect(answer).toMatchObject({ status: 400, body: { code: 'CURSOR_INVALID' } });
    }
  });
});

/** So many other conversations like it, in which nothing is said. */
async function copies(id: string, count: number): Promise<void> {
  const [conversation, member] = await Promise.all([
    collections.conversations(service.db).findOne({ _id: id }),
    collections.members(service.db).findOne({ _id: memberId(id, alice.id) }),
  ]);
  if (!conversation || !member) throw new Error('there is no such conversation');
  const ids = Array.from({ length: count }, (_, n) => `${id.slice(0, -3)}${(n + 100).toString()}`);
  const silent = { last_seq: 0, last_message: null, last_activity_at: new Date(0) };
  await collections.conversations(service.db).insertMany(ids.map((_id) => ({ ...conversation, ...silent, _id })));
  const members = ids.map((it) => ({ ...member, _id: memberId(it, alice.id), conversation_id: it }));
  await collections.members(service.db).insertMany(members);
}

describe('all that is unread', () => {
  const totals = (as: string) => get(service, as, '/v1/conversations/unread-count');

  it('is counted over what the list shows', async () => {
    expect(await totals(alice.id)).toEqual({ messages: 0, conversations: 0 });
    const ids = await groups('one', 'two', 'three');
    await say(service, idIn(ids, 'one'), bob.id, ['Again', 'And again']);
    await say(service, idIn(ids, 'one'), alice.id, ['Mine']);
    expect(await totals(alice.id)).toEqual({ messages: 5, conversations: 3 });
    expect(await totals(bob.id)).toEqual({ messages: 1, conversations: 1 });
    expect(await totals(carol.id)).toEqual({ messages: 0, conversations: 0 });
    await mine('PUT', idIn(ids, 'one'), 'archive');
    expect(await totals(alice.id)).toEqual({ messages: 2, conversations: 2 });
  });
});

describe('what one sets for oneself', () => {
  it('is told to one’s own devices alone, once', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    for (const what of ['archive', 'archive', 'pin', 'pin']) expect((await mine('PUT', id, what)).status).toBe(200);
    const told = await frames(service, 'conversation.settings-changed');
    expect(told.map(({ audience, audienceId, frame }) => [audience, audienceId, frame.data])).toEqual([
      ['USER', alice.id, { conversationId: id, archived: true, pinned: false, mutedUntil: null }],
      ['USER', alice.id, { conversationId: id, archived: true, pinned: true, mutedUntil: null }],
    ]);
  });

  it('mutes a conversation until a time, after which it is heard again, or for ever', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    const seen = async () => (await get<ConversationView>(service, alice.id, `/v1/conversations/${id}`)).mutedUntil;
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect(await mine('PUT', id, 'mute', { until })).toMatchObject({ status: 200, body: { mutedUntil: until } });
    expect(await seen()).toBe(until);
    await changeMember(service, id, alice.id, { muted_until: new Date(Date.now() - 1_000) });
    expect(await seen()).toBeNull();
    expect((await mine('PUT', id, 'mute')).body).toMatchObject({ mutedUntil: expect.stringMatching(/^9999/) });
    expect(await seen()).toMatch(/^9999/);
    expect((await mine('DELETE', id, 'mute')).body).toMatchObject({ mutedUntil: null });
    expect(await seen()).toBeNull();
  });

  it.each([
    { until: 'tomorrow' },
    { until: { $gt: '' } },
    { until: 7 },
    { until: '2026-11-25T12:00:60Z' },
    { for: 'ever' },
  ])('is no mute with %j', async (body) => {
    const { id } = await group(service, alice.id, [bob.id]);
    expect(await mine('PUT', id, 'mute', body)).toMatchObject({ status: 422, body: { code: 'BODY_INVALID' } });
  });

  it('pins at most 20, also where two pins come at once', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    await copies(id, 21);
    const others = await collections
      .members(service.db)
      .find({ user_id: alice.id, conversation_id: { $ne: id } })
      .toArray();
    const first = others.slice(0, 19).map(({ _id }) => _id);
    await collections.members(service.db).updateMany({ _id: { $in: first } }, { $set: { pinned_at: new Date() } });
    const rest = [id, ...others.slice(19).map(({ conversation_id }) => conversation_id)];
    const answers = await Promise.all(rest.map((it) => mine('PUT', it, 'pin')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(answers.find(({ status }) => status === 409)).toMatchObject({ body: { code: 'TOO_MANY_PINS' } });
    expect((await list(alice.id)).items.filter(({ pinned }) => pinned)).toHaveLength(20);
  });
});
