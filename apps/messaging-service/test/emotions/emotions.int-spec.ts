import { randomUUID } from 'node:crypto';
import { type Emotion, emotions } from '@plaza/contracts';
import { MongoOutbox } from '@plaza/kafka';
import { MONGO } from '@plaza/service-kit';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { Db } from 'mongodb';
import { EmotionsService } from '../../src/emotions/emotions.service.js';
import type { EmotionsView, ReactionView } from '../../src/emotions/emotions.view.js';
import { ReactionStore } from '../../src/emotions/reaction-store.js';
import type { MessageView } from '../../src/messages/message.view.js';
import { MessageAccess } from '../../src/messages/message-access.js';
import { MessageChanges } from '../../src/messages/message-changes.js';
import { Talking } from '../../src/messages/talking.js';
import { collections } from '../../src/storage/collections.js';
import { Lanes } from '../../src/storage/lanes.js';
import {
  allPages,
  changeMember,
  conversationOf,
  get,
  refused,
  sayOne,
  stored,
  told,
  toldKinds,
} from '../messages/bed.js';
import { alice, block, bob, carol, forgetRelations, messagingUnderTest, setAccount } from '../messaging-under-test.js';

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await messagingUnderTest();
});
afterAll(() => service?.stop());

const path = (id: string, emotion: Emotion): string => `/v1/messages/${id}/reactions/${emotion}`;
const react = (id: string, emotion: Emotion, as = alice.id) =>
  service.request<EmotionsView>('PUT', path(id, emotion), { as });
const takeBack = (id: string, emotion: Emotion, as = alice.id) =>
  service.request<EmotionsView>('DELETE', path(id, emotion), { as });

/** A message of bob's, to alice and carol. */
async function message(): Promise<{ id: string; conversationId: string }> {
  const conversationId = await conversationOf(service, [bob.id, alice.id, carol.id]);
  return { id: (await sayOne(service, conversationId, bob.id))._id, conversationId };
}

/** What a recount gives. */
async function recount(id: string): Promise<Record<string, number>> {
  const all = await collections.emotions(service.db).find({ message_id: id }).toArray();
  const groups = Map.groupBy(all, ({ emotion }) => emotion);
  return Object.fromEntries([...groups].map(([emotion, some]) => [emotion, some.length]));
}

describe('a reaction', () => {
  it('is one per person and kind, and counted on the message', async () => {
    const { id } = await message();
    expect(await react(id, 'LIKE')).toMatchObject({
      status: 200,
      body: { messageId: id, emotions: { LIKE: 1 }, myEmotions: ['LIKE'] },
    });
    await react(id, 'LIKE');
    await react(id, 'WOW');
    expect((await react(id, 'LIKE', carol.id)).body).toEqual({
      ...{ messageId: id, emotions: { LIKE: 2, WOW: 1 }, myEmotions: ['LIKE'] },
    });
    const seen = await get<MessageView>(service, alice.id, `/v1/messages/${id}`);
    expect(seen).toMatchObject({ emotions: { LIKE: 2, WOW: 1 }, myEmotions: ['LIKE', 'WOW'] });
    expect(await get(service, bob.id, `/v1/messages/${id}`)).toMatchObject({ myEmotions: [] });
  });

  it('is taken back, and a kind that nobody has any more is gone', async () => {
    const { id } = await message();
    for (const as of [alice.id, carol.id]) await react(id, 'SAD', as);
    expect((await takeBack(id, 'SAD')).body).toEqual({ messageId: id, emotions: { SAD: 1 }, myEmotions: [] });
    expect((await takeBack(id, 'SAD')).body).toEqual({ messageId: id, emotions: { SAD: 1 }, myEmotions: [] });
    expect((await takeBack(id, 'SAD', carol.id)).body).toMatchObject({ emotions: {} });
    expect((await stored(service, id)).emotions).toEqual({});
  });

  it('is told once, as a fact and a frame, in the order of the conversation’s clock', async () => {
    const { id, conversationId } = await message();
    for (const change of [react, react, takeBack, takeBack]) await change(id, 'LOVE');
    expect(await toldKinds(service, conversationId)).toEqual([
      ...['message.reacted', 'frame message.reacted'],
      ...['message.reacted', 'frame message.reacted'],
    ]);
    const data = { messageId: id, conversationId, seq: 1, senderId: bob.id, userId: alice.id, emotion: 'LOVE' };
    const rows = await told(service, conversationId);
    expect(rows[0]?.data).toEqual({ ...data, reacted: true, reactedAt: expect.any(String) });
    expect(rows.map((row) => [row.data.reacted, row.data.emotions])).toEqual([
      ...[
        [true, undefined],
        [true, { LOVE: 1 }],
      ],
      ...[
        [false, undefined],
        [false, {}],
      ],
    ]);
  });

  it.each(emotions)('may be %s', async (emotion) => {
    const { id } = await message();
    expect((await react(id, emotion)).body.emotions).toEqual({ [emotion]: 1 });
  });

  it('of another kind is not known', async () => {
    const { id } = await message();
    for (const emotion of ['BORED', 'like', '$inc', 'constructor', '__proto__']) {
      const answer = await service.request('PUT', `/v1/messages/${id}/reactions/${emotion}`, { as: alice.id });
      expect(refused(answer)).toBe('400 PATH_INVALID');
    }
  });
});

describe('who reacted', () => {
  it('is listed by emotion, page by page', async () => {
    const { id } = await message();
    for (const as of [alice.id, bob.id, carol.id]) await react(id, 'LAUGH', as);
    await react(id, 'ANGRY', carol.id);
    const { items, sizes } = await allPages<ReactionView>(service, bob.id, `/v1/messages/${id}/reactions?limit=3`);
    expect(items.map(({ emotion, user }) => [emotion, user.username])).toEqual([
      ['ANGRY', carol.username],
      ...[alice, bob, carol].map(({ username }) => ['LAUGH', username]),
    ]);
    expect(sizes).toEqual([3, 1]);
    const laughing = `/v1/messages/${id}/reactions?emotion=LAUGH&limit=2`;
    expect(await allPages<ReactionView>(service, bob.id, laughing)).toMatchObject({ sizes: [2, 1] });
  });

  it('refuses the cursor of another kind, and a kind that there is not', async () => {
    const { id } = await message();
    for (const as of [alice.id, bob.id]) await react(id, 'LIKE', as);
    const { nextCursor } = await get(service, bob.id, `/v1/messages/${id}/reactions?limit=1`);
    const list = `/v1/messages/${id}/reactions`;
    const other = await service.request('GET', `${list}?emotion=LIKE&cursor=${nextCursor}`, { as: bob.id });
    expect(refused(other)).toBe('400 CURSOR_INVALID');
    expect(refused(await service.request('GET', `${list}?emotion=BORED`, { as: bob.id }))).toBe('400 QUERY_INVALID');
  });
});

describe('nobody reacts', () => {
  it('to what is deleted, but takes back what is no longer there', async () => {
    const { id } = await message();
    await react(id, 'LIKE');
    await service.request('DELETE', `/v1/messages/${id}`, { as: bob.id });
    expect(refused(await react(id, 'LIKE'))).toBe('409 MESSAGE_DELETED');
    expect((await takeBack(id, 'LIKE')).body).toEqual({ messageId: id, emotions: {}, myEmotions: [] });
  });

  it('between two of whom one blocks the other, but takes back', async () => {
    const conversationId = await conversationOf(service, [alice.id, bob.id], { type: 'DIRECT' });
    const { _id } = await sayOne(service, conversationId, bob.id);
    await react(_id, 'LIKE');
    await block(service, bob.id, alice.id);
    expect(refused(await react(_id, 'WOW'))).toBe('403 MESSAGE_NOT_ALLOWED');
    expect((await takeBack(_id, 'LIKE')).status).toBe(200);
    await forgetRelations(service);
  });

  it('who is suspended, is no member any more, or came later', async () => {
    const { id, conversationId } = await message();
    await setAccount(service, alice.id, { accountStatus: 'SUSPENDED' });
    expect(refused(await react(id, 'LIKE'))).toBe('403 ACCOUNT_NOT_ACTIVE');
    await setAccount(service, alice.id, { accountStatus: 'ACTIVE' });
    await changeMember(service, conversationId, alice.id, { joined_seq: 1 });
    expect(refused(await react(id, 'LIKE'))).toBe('404 MESSAGE_NOT_FOUND');
    await changeMember(service, conversationId, alice.id, { joined_seq: 0, active: false });
    expect(refused(await react(id, 'LIKE'))).toBe('404 MESSAGE_NOT_FOUND');
    expect(refused(await takeBack(id, 'LIKE'))).toBe('404 MESSAGE_NOT_FOUND');
  });
});

it('counts exactly what comes by two instances at once', async () => {
  const { app } = service.running;
  const [db, lanes] = [app.get<Db>(MONGO), new Lanes()];
  const parts = [app.get(MongoOutbox), app.get(MessageAccess), app.get(Talking)] as const;
  const other = new EmotionsService(db, new MessageChanges(db, lanes, ...parts), new ReactionStore(db), lanes);
  const people = Array.from({ length: 20 }, () => randomUUID());
  const conversationId = await conversationOf(service, [bob.id, ...people]);
  const { _id: id } = await sayOne(service, conversationId, bob.id);
  await Promise.all(people.map((as, index) => (index % 2 === 0 ? react(id, 'LIKE', as) : other.react(as, id, 'LIKE'))));
  expect((await stored(service, id)).emotions).toEqual({ LIKE: 20 });
  const frames = (await told(service, conversationId)).filter(({ frame }) => frame === 'message.reacted');
  expect(frames.map(({ data }) => data.emotions)).toEqual(people.map((_, index) => ({ LIKE: index + 1 })));
});

it('refuses one without the others that go with it', async () => {
  const { id, conversationId } = await message();
  await changeMember(service, conversationId, carol.id, { active: false });
  const answers = await Promise.all([react(id, 'LIKE'), react(id, 'LIKE', carol.id), react(id, 'WOW', bob.id)]);
  expect(answers.map(refused)).toEqual(['200 ', '404 MESSAGE_NOT_FOUND', '200 ']);
  expect((await stored(service, id)).emotions).toEqual({ LIKE: 1, WOW: 1 });
});

it('counts exactly what 50 people do and undo at once', async () => {
  const people = Array.from({ length: 50 }, () => randomUUID());
  const conversationId = await conversationOf(service, [bob.id, ...people]);
  const { _id: id } = await sayOne(service, conversationId, bob.id);
  const toggles = async (as: string, index: number) => {
    const statuses = [];
    for (const change of [react, takeBack, react]) statuses.push((await change(id, 'LIKE', as)).status);
    const last = index % 3 === 0 ? takeBack : react;
    for (const change of [react, last]) statuses.push((await change(id, 'LOVE', as)).status);
    return statuses;
  };
  const statuses = await Promise.all(people.map(toggles));
  expect(new Set(statuses.flat())).toEqual(new Set([200]));
  const { emotions: counted } = await stored(service, id);
  expect(counted).toEqual(await recount(id));
  // The last frame says the same, and every change was told once.
  const rows = await told(service, conversationId);
  const reacted = rows.filter(({ type }) => type === 'message.reacted').map(({ data }) => (data.reacted ? 1 : -1));
  expect(reacted.reduce((sum, one) => sum + one, 0)).toBe((counted.LIKE ?? 0) + (counted.LOVE ?? 0));
  expect(rows.at(-1)?.data.emotions).toEqual(counted);
  expect(counted).toEqual({ LIKE: 50, LOVE: 33 });
});
