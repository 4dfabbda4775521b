import { randomUUID } from 'node:crypto';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { MessageView } from '../../src/messages/message.view.js';
import type { ReaderView } from '../../src/messages/messages.view.js';
import { collections } from '../../src/storage/collections.js';
import { alice, block, bob, carol, forgetRelations, messagingUnderTest, setAccount } from '../messaging-under-test.js';
import { allPages, changeMember, conversationOf, get, type Listed, refused, say, sayOne } from './bed.js';

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await messagingUnderTest();
});
afterAll(() => service?.stop());

const standing = async (as: string, id: string): Promise<unknown[]> => {
  const { items } = await get(service, as, `/v1/conversations/${id}/messages?afterSeq=0`);
  return items.map(({ status, readByCount }) => [status, readByCount]);
};
const readers = async (as: string, id: string): Promise<Array<string | null>> => {
  const { items } = await get<Listed<ReaderView>>(service, as, `/v1/messages/${id}/read-by`);
  return items.map(({ user }) => user.username).sort();
};
const shows = (id: string, readReceipts: boolean) => setAccount(service, id, { audience: { readReceipts } });

describe('the status of a message', () => {
  it('of two people follows how far the other has come', async () => {
    const id = await conversationOf(service, [alice.id, bob.id], { type: 'DIRECT' });
    await say(service, id, alice.id, ['One', 'Two', 'Three']);
    await changeMember(service, id, bob.id, { delivered_seq: 2, read_seq: 1 });
    expect(await standing(alice.id, id)).toEqual([
      ['READ', 1],
      ['DELIVERED', 0],
      ['SENT', 0],
    ]);
    expect(await standing(bob.id, id)).toEqual([
      ['READ', null],
      ['DELIVERED', null],
      ['SENT', null],
    ]);
  });

  it('of a group follows those who are the furthest behind', async () => {
    const id = await conversationOf(service, [alice.id, bob.id, carol.id]);
    await say(service, id, alice.id, ['One', 'Two', 'Three']);
    await changeMember(service, id, bob.id, { delivered_seq: 3, read_seq: 3 });
    await changeMember(service, id, carol.id, { delivered_seq: 2, read_seq: 1 });
    expect(await standing(alice.id, id)).toEqual([
      ['READ', 2],
      ['DELIVERED', 1],
      ['SENT', 1],
    ]);
  });

  it('does not wait for who has left, or has come later', async () => {
    const id = await conversationOf(service, [alice.id, bob.id, carol.id]);
    await say(service, id, alice.id, ['One', 'Two']);
    await changeMember(service, id, bob.id, { active: false });
    await changeMember(service, id, carol.id, { joined_seq: 1, delivered_seq: 2, read_seq: 2 });
    expect(await standing(alice.id, id)).toEqual([
      ['SENT', 0],
      ['READ', 1],
    ]);
  });

  it('does not tell what somebody has read who does not show it, nor them what others have', async () => {
    const id = await conversationOf(service, [alice.id, bob.id], { type: 'DIRECT' });
    const mine = await sayOne(service, id, alice.id);
    const theirs = await sayOne(service, id, bob.id);
    for (const one of [alice.id, bob.id]) await changeMember(service, id, one, { delivered_seq: 2, read_seq: 2 });
    await shows(bob.id, false);
    expect(await standing(alice.id, id)).toEqual([
      ['DELIVERED', 0],
      ['READ', null],
    ]);
    expect(await standing(bob.id, id)).toEqual([
      ['READ', null],
      ['DELIVERED', 0],
    ]);
    expect([await readers(alice.id, mine._id), await readers(bob.id, theirs._id)]).toEqual([[], []]);
    await shows(bob.id, true);
    expect([await readers(alice.id, mine._id), await readers(bob.id, theirs._id)]).toEqual([
      [bob.username],
      [alice.username],
    ]);
  });
});

describe('between two of whom one has asked to talk', () => {
  it.each(['PENDING', 'DECLINED'] as const)('the one who asked learns nothing while it is %s', async (state) => {
    const request = { by: alice.id, state };
    const id = await conversationOf(service, [alice.id, bob.id], { type: 'DIRECT', request });
    const { _id } = await sayOne(service, id, alice.id);
    await changeMember(service, id, bob.id, { delivered_seq: 1, read_seq: 1 });
    expect([await standing(alice.id, id), await readers(alice.id, _id)]).toEqual([[['SENT', 0]], []]);
    expect(await standing(bob.id, id)).toEqual([['READ', null]]);
    const search = await get(service, alice.id, '/v1/messages/search?q=Hello');
    expect(search.items.find((one) => one.id === _id)).toMatchObject({ status: 'SENT', readByCount: 0 });
    await collections.conversations(service.db).updateOne({ _id: id }, { $set: { request: null } });
    expect(await standing(alice.id, id)).toEqual([['READ', 1]]);
  });
});

it('between two of whom one blocks the other nobody learns what was read', async () => {
  const id = await conversationOf(service, [alice.id, bob.id], { type: 'DIRECT' });
  const { _id } = await sayOne(service, id, alice.id);
  await changeMember(service, id, bob.id, { delivered_seq: 1, read_seq: 1 });
  await block(service, bob.id, alice.id);
  expect([await standing(alice.id, id), await readers(alice.id, _id)]).toEqual([[['DELIVERED', 0]], []]);
  await forgetRelations(service);
  expect(await standing(alice.id, id)).toEqual([['READ', 1]]);
});

describe('who has read a message', () => {
  it('is known to all members, but for its sender and those who have not read so far', async () => {
    const id = await conversationOf(service, [alice.id, bob.id, carol.id]);
    const [first, second] = await say(service, id, alice.id, ['One', 'Two']);
    await changeMember(service, id, alice.id, { read_seq: 2 });
    await changeMember(service, id, bob.id, { read_seq: 2 });
    await changeMember(service, id, carol.id, { read_seq: 1 });
    expect(await readers(carol.id, first?._id ?? '')).toEqual([bob.username, carol.username]);
    expect(await readers(alice.id, second?._id ?? '')).toEqual([bob.username]);
  });

  it('comes page by page', async () => {
    const people = Array.from({ length: 7 }, () => randomUUID());
    const id = await conversationOf(service, [alice.id, ...people]);
    const { _id } = await sayOne(service, id, alice.id);
    for (const one of people) await changeMember(service, id, one, { read_seq: 1 });
    const { items, sizes } = await allPages<ReaderView>(service, alice.id, `/v1/messages/${_id}/read-by?limit=3`);
    expect(items.map(({ user }) => user.id)).toEqual(people.sort());
    expect(sizes).toEqual([3, 3, 1]);
  });

  it('is in a large conversation but a number, for the sender', async () => {
    const people = Array.from({ length: 101 }, () => randomUUID());
    const id = await conversationOf(service, [alice.id, ...people]);
    const [first] = await say(service, id, alice.id, ['One', 'Two', 'Three']);
    await sayOne(service, id, people[0] ?? '');
    await changeMember(service, id, alice.id, { read_seq: 3 });
    // Who came later has nothing to read of it.
    await changeMember(service, id, people[20] ?? '', { joined_seq: 3, delivered_seq: 3, read_seq: 3 });
    for (const [index, one] of people.slice(0, 10).entries()) {
      await changeMember(service, id, one, { delivered_seq: 3, read_seq: index < 4 ? 1 : 3 });
    }
    expect(await standing(alice.id, id)).toEqual([
      ['SENT', 10],
      ['SENT', 6],
      ['SENT', 6],
      ['SENT', null],
    ]);
    await shows(alice.id, false);
    expect(await standing(alice.id, id)).toEqual([...Array(3).fill(['SENT', 0]), ['SENT', null]]);
    await shows(alice.id, true);
    const answer = await service.request('GET', `/v1/messages/${first?._id}/read-by`, { as: alice.id });
    expect(refused(answer)).toBe('409 CONVERSATION_TOO_LARGE');
    const seen = await get<MessageView>(service, people[3] ?? '', `/v1/messages/${first?._id}`);
    expect(seen).toMatchObject({ status: 'SENT', readByCount: null });
  });
});

it('counts readers in an index alone', async () => {
  const match = { conversation_id: 'x', active: true, read_seq: { $gte: 1 } };
  const projection = { _id: 0, conversation_id: 1, joined_seq: 1, read_seq: 1 };
  const plan = await collections.members(service.db).find(match, { projection }).explain('queryPlanner');
  expect(plan.queryPlanner.winningPlan.stage).toBe('PROJECTION_COVERED');
});
