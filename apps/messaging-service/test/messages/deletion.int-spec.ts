import type { MemberRole } from '@plaza/contracts';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { MessageView } from '../../src/messages/message.view.js';
import { countUnreadIn, unreadRange } from '../../src/receipts/unread.js';
import { collections, memberId } from '../../src/storage/collections.js';
import { alice, block, bob, carol, forgetRelations, messagingUnderTest } from '../messaging-under-test.js';
import {
  changeMember,
  conversation,
  conversationOf,
  get,
  refused,
  say,
  sayOne,
  stored,
  told,
  toldKinds,
} from './bed.js';

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await messagingUnderTest();
});
afterAll(() => service?.stop());

const remove = (id: string, as: string, whom = '') => service.request('DELETE', `/v1/messages/${id}${whom}`, { as });
const talk = (roles: Record<string, MemberRole> = {}) =>
  conversationOf(service, [alice.id, bob.id, carol.id], { roles });

async function unreadOf(user: string, conversationId: string): Promise<number> {
  const member = await collections.members(service.db).findOne({ _id: memberId(conversationId, user) });
  if (!member) throw new Error('not a member');
  return countUnreadIn(service.db, user, unreadRange(member, await conversation(service, conversationId)));
}

/** All that hangs on a message. */
async function left(messageId: string): Promise<Record<string, number>> {
  const of = { message_id: messageId };
  return {
    edits: await collections.edits(service.db).countDocuments(of),
    emotions: await collections.emotions(service.db).countDocuments(of),
  };
}

describe('deleted for everybody', () => {
  it('a message leaves its place and nothing of what it said or caused', async () => {
    const id = await talk();
    const { _id } = await sayOne(service, id, alice.id, { mentions: [bob.id], metadata: { a: 1 }, thread_id: null });
    await service.request('PATCH', `/v1/messages/${_id}`, { as: alice.id, body: { content: 'A secret' } });
    await service.request('PUT', `/v1/messages/${_id}/reactions/LOVE`, { as: bob.id });
    await service.request('PUT', `/v1/messages/${_id}/pin`, { as: bob.id });
    expect(await left(_id)).toEqual({ edits: 1, emotions: 1 });
    expect((await remove(_id, alice.id)).status).toBe(204);
    expect(await stored(service, _id)).toMatchObject({
      ...{ content: null, metadata: null, mentions: [], emotions: {}, pinned_at: null, pinned_by: null },
      ...{ deleted_by: alice.id, deleted_at: expect.any(Date), seq: 1, sender_id: alice.id },
    });
    expect(await left(_id)).toEqual({ edits: 0, emotions: 0 });
    const seen = await get<MessageView>(service, bob.id, `/v1/messages/${_id}`);
    expect(seen).toMatchObject({ content: null, metadata: null, mentionedUserIds: [], emotions: {}, pinnedAt: null });
    expect(seen.deletedAt).not.toBeNull();
    expect(await get(service, bob.id, `/v1/conversations/${id}/pins`)).toMatchObject({ items: [] });
    expect(await get(service, bob.id, `/v1/messages/${_id}/edits`)).toMatchObject({ items: [] });
  });

  it('it is told once, however often it is deleted', async () => {
    const id = await talk();
    const { _id } = await sayOne(service, id, alice.id);
    const answers = await Promise.all([1, 2, 3].map(() => remove(_id, alice.id, '?for=all')));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect(await toldKinds(service, id)).toEqual(['message.deleted', 'frame message.deleted']);
    const [deleted, frame] = await told(service, id);
    const data = { id: _id, conversationId: id, seq: 1, senderId: alice.id, deletedBy: alice.id };
    expect(deleted?.data).toEqual({ ...data, deletedAt: expect.any(String) });
    expect(frame?.data).toEqual(deleted?.data);
    expect(frame?.clock).toBeGreaterThan(deleted?.clock ?? Number.MAX_VALUE);
  });

  it('it shows no words in the list of conversations, where it is the last one', async () => {
    const id = await talk();
    const [first, last] = await say(service, id, alice.id, ['One', 'Two']);
    await remove(first?._id ?? '', alice.id);
    expect((await conversation(service, id)).last_message).toMatchObject({ preview: 'Two', id: last?._id });
    await remove(last?._id ?? '', alice.id);
    expect((await conversation(service, id)).last_message).toMatchObject({ preview: null, id: last?._id, seq: 2 });
  });

  it('it is unread no more, also by who has deleted it for themselves before', async () => {
    const id = await talk();
    const [first, second] = await say(service, id, alice.id, ['One', 'Two', 'Three']);
    await remove(first?._id ?? '', bob.id, '?for=me');
    expect(await unreadOf(bob.id, id)).toBe(2);
    await remove(first?._id ?? '', alice.id);
    await remove(second?._id ?? '', alice.id);
    expect(await unreadOf(bob.id, id)).toBe(1);
    expect(await unreadOf(carol.id, id)).toBe(1);
    expect(await unreadOf(alice.id, id)).toBe(0);
  });

  it('it is found by no search', async () => {
    const id = await talk();
    const [one] = await say(service, id, alice.id, ['xylophone solo', 'xylophone duet']);
    await remove(one?._id ?? '', alice.id);
    const { items } = await get(service, bob.id, '/v1/messages/search?q=xylophone');
    expect(items.map(({ content }) => content)).toEqual(['xylophone duet']);
  });

  it.each<[string, Record<string, MemberRole>, string, string]>([
    ['a member: not what others said', {}, bob.id, '403 MESSAGE_NOT_YOURS'],
    ['a moderator: what a member said', { [bob.id]: 'MODERATOR' }, bob.id, '204 '],
    [
      'a moderator: not what another one said',
      { [bob.id]: 'MODERATOR', [carol.id]: 'MODERATOR' },
      bob.id,
      '403 MESSAGE_NOT_YOURS',
    ],
    [
      'a moderator: not what an admin said',
      { [bob.id]: 'MODERATOR', [carol.id]: 'ADMIN' },
      bob.id,
      '403 MESSAGE_NOT_YOURS',
    ],
    ['an owner: all', { [carol.id]: 'ADMIN' }, alice.id, '204 '],
  ])('%s', async (_, roles, as, expected) => {
    const { _id } = await sayOne(service, await talk(roles), carol.id);
    expect(refused(await remove(_id, as))).toBe(expected);
  });

  it('what was said by who has left goes by whoever manages', async () => {
    const id = await talk({ [bob.id]: 'MODERATOR', [carol.id]: 'ADMIN' });
    const { _id } = await sayOne(service, id, carol.id);
    await changeMember(service, id, carol.id, { active: false });
    expect((await remove(_id, bob.id)).status).toBe(204);
    expect((await told(service, id))[0]?.data).toMatchObject({ senderId: carol.id, deletedBy: bob.id });
  });

  it('what happened in the conversation stays told, and so does what the other of two has said', async () => {
    const system = await sayOne(service, await talk(), alice.id, { type: 'SYSTEM', content: null });
    expect(refused(await remove(system._id, alice.id))).toBe('403 MESSAGE_NOT_YOURS');
    const direct = await conversationOf(service, [alice.id, bob.id], { type: 'DIRECT' });
    const { _id } = await sayOne(service, direct, bob.id);
    expect(refused(await remove(_id, alice.id))).toBe('403 MESSAGE_NOT_YOURS');
  });

  it('one’s own words can be taken back from who has blocked one', async () => {
    const { _id } = await sayOne(
      service,
      await conversationOf(service, [alice.id, bob.id], { type: 'DIRECT' }),
      alice.id,
    );
    await block(service, bob.id, alice.id);
    expect((await remove(_id, alice.id)).status).toBe(204);
    await forgetRelations(service);
  });
});

describe('deleted for oneself', () => {
  it('a message is gone for one member alone, by every route', async () => {
    const id = await talk();
    const { _id } = await sayOne(service, id, alice.id);
    expect((await remove(_id, bob.id, '?for=me')).status).toBe(204);
    for (const path of ['', '/edits', '/thread', '/read-by', '/reactions']) {
      const answer = await service.request('GET', `/v1/messages/${_id}${path}`, { as: bob.id });
      expect(refused(answer)).toBe('404 MESSAGE_NOT_FOUND');
    }
    const answer = await service.request('PUT', `/v1/messages/${_id}/reactions/LIKE`, { as: bob.id });
    expect(refused(answer)).toBe('404 MESSAGE_NOT_FOUND');
    expect(await get(service, carol.id, `/v1/messages/${_id}`)).toMatchObject({ content: 'Hello' });
  });

  it('it is told to one’s own devices, with what is still unread, and nobody else', async () => {
    const id = await talk();
    const [first] = await say(service, id, alice.id, ['One', 'Two']);
    const before = (await told(service, bob.id)).length;
    await remove(first?._id ?? '', bob.id, '?for=me');
    await remove(first?._id ?? '', bob.id, '?for=me');
    const mine = (await told(service, bob.id)).slice(before);
    const data = { id: first?._id, conversationId: id, seq: 1, unreadCount: 1 };
    expect(mine).toMatchObject([{ frame: 'message.hidden', data }]);
    expect(await told(service, id)).toEqual([]);
  });

  it('it counts as unread no more, unless it never did', async () => {
    const id = await talk();
    const [theirs] = await say(service, id, alice.id, ['One', 'Two']);
    const own = await sayOne(service, id, bob.id);
    const [gone] = await say(service, id, alice.id, ['Three']);
    await remove(gone?._id ?? '', alice.id);
    for (const one of [theirs, own, gone]) await remove(one?._id ?? '', bob.id, '?for=me');
    expect(await unreadOf(bob.id, id)).toBe(1);
    expect(await unreadOf(carol.id, id)).toBe(3);
  });

  it('at the same time as for everybody it counts right', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await talk();
      const { _id } = await sayOne(service, id, alice.id);
      await Promise.all([remove(_id, bob.id, '?for=me'), remove(_id, alice.id), remove(_id, carol.id, '?for=me')]);
      expect([await unreadOf(bob.id, id), await unreadOf(carol.id, id)]).toEqual([0, 0]);
    }
  });

  it('its sender can still delete it for everybody', async () => {
    const { _id } = await sayOne(service, await talk(), alice.id);
    await remove(_id, alice.id, '?for=me');
    expect((await remove(_id, alice.id)).status).toBe(204);
    expect((await stored(service, _id)).content).toBeNull();
  });

  it('is for nobody else to ask', async () => {
    const { _id } = await sayOne(service, await talk(), alice.id);
    expect(refused(await remove(_id, alice.id, '?for=you'))).toBe('400 QUERY_INVALID');
    expect(refused(await remove(_id, alice.id, '?for=me&for=all'))).toBe('400 QUERY_INVALID');
  });
});
