import { randomUUID } from 'node:crypto';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { MessageView } from '../../src/messages/message.view.js';
import type { EditView } from '../../src/messages/messages.view.js';
import { collections, memberId } from '../../src/storage/collections.js';
import {
  alice,
  block,
  bob,
  carol,
  forgetRelations,
  frames,
  group,
  messagingUnderTest,
  sendText,
  setAccount,
} from '../messaging-under-test.js';
import {
  allPages,
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
  service = await messagingUnderTest({}, { PLAZA_MESSAGE_EDIT_WINDOW: '1h' });
});
afterAll(() => service?.stop());
beforeEach(() => forgetRelations(service));

const edit = (id: string, content: string, as = alice.id) =>
  service.request<MessageView>('PATCH', `/v1/messages/${id}`, { as, body: { content } });
const history = (id: string, as = bob.id) => get<{ items: EditView[] }>(service, as, `/v1/messages/${id}/edits`);
const talk = () => conversationOf(service, [alice.id, bob.id, carol.id]);

describe('an edit', () => {
  it('changes the words, and what they were before stays known to all members', async () => {
    const { _id } = await sayOne(service, await talk(), alice.id);
    const first = await edit(_id, 'Good morning');
    expect(first).toMatchObject({ status: 200, body: { content: 'Good morning', editedAt: expect.any(String) } });
    await edit(_id, 'Good evening');
    expect((await history(_id)).items.map(({ content }) => content)).toEqual(['Good morning', 'Hello']);
    expect((await history(_id)).items[1]?.replacedAt).toBe(first.body.editedAt);
    expect(await get(service, bob.id, `/v1/messages/${_id}`)).toMatchObject({
      content: 'Good evening',
      readByCount: null,
    });
  });

  it('is told once, as a fact and a frame, in the order of the conversation’s clock', async () => {
    const id = await talk();
    const { _id } = await sayOne(service, id, alice.id);
    await edit(_id, 'One');
    await edit(_id, 'Two');
    expect(await toldKinds(service, id)).toEqual([
      ...['message.edited', 'frame message.edited'],
      ...['message.edited', 'frame message.edited'],
    ]);
    const rows = await told(service, id);
    expect(new Set(rows.map(({ clock }) => clock)).size).toBe(4);
    expect(rows.map(({ data }) => data.content)).toEqual(['One', 'One', 'Two', 'Two']);
    expect(rows[0]?.data).toMatchObject({ id: _id, conversationType: 'GROUP', senderId: alice.id, seq: 1 });
    expect(rows[1]?.data).toMatchObject({ sender: { id: alice.id, username: alice.username } });
    expect(rows[1]?.data).not.toHaveProperty('status');
  });

  it('is told, as all that becomes of a message, to those alone who were members when it was sent', async () => {
    const { id } = await group(service, alice.id, [bob.id]);
    const { id: message } = await sendText(service, id, alice.id);
    const path = `/v1/messages/${message}`;
    await service.request('POST', `/v1/conversations/${id}/members`, { as: alice.id, body: { userIds: [carol.id] } });
    await edit(message, 'Not for Carol');
    await service.request('PUT', `${path}/reactions/LIKE`, { as: bob.id });
    await service.request('PUT', `${path}/pin`, { as: alice.id });
    await service.request('DELETE', path, { as: alice.id });
    const since = async (user: string) => {
      return (await collections.members(service.db).findOne({ _id: memberId(id, user) }))?.joined_clock ?? 0;
    };
    const [early, late] = [await since(bob.id), await since(carol.id)];
    const about = (await frames(service)).filter(({ audienceId, asOf }) => audienceId === id && asOf !== undefined);
    expect(about.map(({ frame }) => frame.type)).toEqual([
      ...['message.edited', 'message.reacted', 'message.pinned', 'message.deleted'],
    ]);
    for (const { asOf = 0 } of about) {
      expect(asOf).toBeGreaterThanOrEqual(early);
      expect(asOf).toBeLessThan(late);
    }
  });

  it('with the same words is none', async () => {
    const id = await talk();
    const { _id } = await sayOne(service, id, alice.id);
    expect(await edit(_id, 'Hello')).toMatchObject({ status: 200, body: { editedAt: null } });
    expect(await told(service, id)).toEqual([]);
    expect((await history(_id)).items).toEqual([]);
  });

  it('shows in the list of conversations where the message is the last one, also words of MongoDB’s own', async () => {
    const id = await talk();
    const [first, last] = await say(service, id, alice.id, ['One', 'Two']);
    await edit(first?._id ?? '', 'Changed');
    expect((await conversation(service, id)).last_message?.preview).toBe('Two');
    await edit(last?._id ?? '', '$$ROOT');
    expect((await conversation(service, id)).last_message?.preview).toBe('$$ROOT');
    expect((await stored(service, last?._id ?? '')).content).toBe('$$ROOT');
  });

  it('gives a picture other words, or its first', async () => {
    const metadata = { url: 'https://example.com/a.png' };
    const { _id } = await sayOne(service, await talk(), alice.id, { type: 'IMAGE', content: null, metadata });
    expect(await edit(_id, 'A cat')).toMatchObject({
      status: 200,
      body: { type: 'IMAGE', content: 'A cat', metadata },
    });
    expect((await history(_id)).items).toEqual([]);
    await edit(_id, 'A dog');
    expect((await history(_id)).items).toMatchObject([{ content: 'A cat' }]);
  });

  it('comes page by page, the newest first', async () => {
    const { _id } = await sayOne(service, await talk(), alice.id);
    for (const content of ['1', '2', '3', '4', '5']) await edit(_id, content);
    const { items, sizes } = await allPages<EditView>(service, carol.id, `/v1/messages/${_id}/edits?limit=2`);
    expect(items.map(({ content }) => content)).toEqual(['4', '3', '2', '1', 'Hello']);
    expect(sizes).toEqual([2, 2, 1]);
  });
});

describe('no edit', () => {
  it('of what somebody else has said, an admin included', async () => {
    const { _id } = await sayOne(service, await talk(), bob.id);
    expect(refused(await edit(_id, 'Hacked'))).toBe('403 MESSAGE_NOT_YOURS');
    expect(refused(await edit(_id, 'Hacked', randomUUID()))).toBe('404 MESSAGE_NOT_FOUND');
  });

  it.each(['SYSTEM', 'EMOTION'] as const)('of a message of type %s', async (type) => {
    const { _id } = await sayOne(service, await talk(), alice.id, { type });
    expect(refused(await edit(_id, 'Hacked'))).toBe('403 MESSAGE_NOT_YOURS');
  });

  it('when the window is over', async () => {
    const id = await talk();
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    const late = await sayOne(service, id, alice.id, { created_at: ago(61) });
    expect(refused(await edit(late._id, 'Too late'))).toBe('403 EDIT_WINDOW_OVER');
    const early = await sayOne(service, id, alice.id, { created_at: ago(50) });
    expect((await edit(early._id, 'In time')).status).toBe(200);
  });

  it('of what is deleted', async () => {
    const { _id } = await sayOne(service, await talk(), alice.id);
    await service.request('DELETE', `/v1/messages/${_id}`, { as: alice.id });
    expect(refused(await edit(_id, 'Back again'))).toBe('409 MESSAGE_DELETED');
    expect((await stored(service, _id)).content).toBeNull();
  });

  it('by who may not send any more', async () => {
    const id = await talk();
    const { _id } = await sayOne(service, id, bob.id);
    await changeMember(service, id, bob.id, { permissions: { send: false } });
    expect(refused(await edit(_id, 'Rude words', bob.id))).toBe('403 SEND_NOT_ALLOWED');
  });

  it('by who has left', async () => {
    const id = await talk();
    const { _id } = await sayOne(service, id, bob.id);
    await changeMember(service, id, bob.id, { active: false });
    expect(refused(await edit(_id, 'Still here', bob.id))).toBe('404 MESSAGE_NOT_FOUND');
  });

  it('between two of whom one blocks the other, whoever it is', async () => {
    const { _id } = await sayOne(
      service,
      await conversationOf(service, [alice.id, bob.id], { type: 'DIRECT' }),
      alice.id,
    );
    await block(service, bob.id, alice.id);
    expect(refused(await edit(_id, 'Listen!'))).toBe('403 MESSAGE_NOT_ALLOWED');
    await forgetRelations(service);
    await block(service, alice.id, bob.id);
    expect(refused(await edit(_id, 'Listen!'))).toBe('403 MESSAGE_NOT_ALLOWED');
  });

  // One message is all that is let through, and what it says is not changed under the eyes of who has not agreed to it.
  it.each(['PENDING', 'DECLINED'] as const)('of a request that is %s', async (state) => {
    const request = { by: alice.id, state };
    const id = await conversationOf(service, [alice.id, bob.id], { type: 'DIRECT', request });
    const { _id } = await sayOne(service, id, alice.id);
    expect(refused(await edit(_id, 'Please'))).toBe('403 REQUEST_PENDING');
  });

  it('by an account that is suspended', async () => {
    const { _id } = await sayOne(service, await talk(), alice.id);
    await setAccount(service, alice.id, { accountStatus: 'SUSPENDED' });
    expect(refused(await edit(_id, 'Hello again'))).toBe('403 ACCOUNT_NOT_ACTIVE');
    await setAccount(service, alice.id, { accountStatus: 'ACTIVE' });
  });
});

describe('at the same time', () => {
  it('all edits are made, one after the other', async () => {
    const id = await talk();
    const { _id } = await sayOne(service, id, alice.id);
    const contents = Array.from({ length: 12 }, (_, index) => `Edit ${index}`);
    const answers = await Promise.all(contents.map((content) => edit(_id, content)));
    expect(answers.map(({ status }) => status)).toEqual(contents.map(() => 200));
    const { content } = await stored(service, _id);
    const before = (await history(_id)).items.map((one) => one.content);
    expect([content, ...before].sort()).toEqual(['Hello', ...contents].sort());
    expect(before.at(-1)).toBe('Hello');
    const edited = (await told(service, id)).filter(({ type }) => type === 'message.edited');
    expect(edited.map(({ data }) => data.content)).toEqual([...before.slice(0, -1).reverse(), content]);
  });

  it('an edit and a deletion end in the deletion', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await talk();
      const { _id } = await sayOne(service, id, alice.id);
      const [edited, deleted] = await Promise.all([
        edit(_id, 'Not yet'),
        service.request('DELETE', `/v1/messages/${_id}`, { as: alice.id }),
      ]);
      expect([200, 409]).toContain(edited.status);
      expect(deleted.status).toBe(204);
      expect(await stored(service, _id)).toMatchObject({ content: null, deleted_at: expect.any(Date) });
      expect(await collections.edits(service.db).countDocuments({ message_id: _id })).toBe(0);
      expect((await conversation(service, id)).last_message?.preview).toBeNull();
      expect((await toldKinds(service, id)).at(-1)).toBe('frame message.deleted');
    }
  });
});
