import type { ServiceUnderTest } from '@plaza/testing/service';
import { alice, block, bob, carol, forgetRelations, messagingUnderTest } from '../messaging-under-test.js';
import { allPages, changeMember, conversationOf, get, refused, say, sayOne, told, toldKinds } from './bed.js';

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await messagingUnderTest();
});
afterAll(() => service?.stop());

const pin = (id: string, as = alice.id) => service.request('PUT', `/v1/messages/${id}/pin`, { as });
const unpin = (id: string, as = alice.id) => service.request('DELETE', `/v1/messages/${id}/pin`, { as });
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `Number ${index + 1}`);

describe('pinned messages', () => {
  it('are listed for all members, the one pinned last first, page by page', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    const said = await say(service, id, bob.id, many(5));
    const order = [3, 0, 4, 1, 2].map((index) => said[index]?._id ?? '');
    for (const one of order) expect((await pin(one)).status).toBe(204);
    const { items, sizes } = await allPages(service, bob.id, `/v1/conversations/${id}/pins?limit=2`);
    expect(items.map((item) => item.id)).toEqual(order.reverse());
    expect(sizes).toEqual([2, 2, 1]);
    expect(items.every(({ pinnedAt }) => pinnedAt !== null)).toBe(true);
  });

  it('are told of once, by frames', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    const { _id } = await sayOne(service, id, bob.id);
    for (const change of [pin, pin, unpin, unpin]) expect((await change(_id)).status).toBe(204);
    expect(await toldKinds(service, id)).toEqual(['frame message.pinned', 'frame message.unpinned']);
    const data = { id: _id, conversationId: id, seq: 1 };
    expect((await told(service, id)).map((row) => row.data)).toEqual([
      { ...data, pinnedBy: alice.id, pinnedAt: expect.any(String) },
      { ...data, unpinnedBy: alice.id },
    ]);
    expect(await get(service, bob.id, `/v1/conversations/${id}/pins`)).toEqual({ items: [], nextCursor: null });
  });

  it('are 50 at most, also when many are pinned at once', async () => {
    const id = await conversationOf(service, [alice.id, bob.id]);
    await say(service, id, bob.id, many(48), { pinned_at: new Date(), pinned_by: bob.id });
    const more = await say(service, id, bob.id, many(6));
    const answers = await Promise.all(more.map(({ _id }) => pin(_id)));
    expect(answers.map(refused).sort()).toEqual([...Array(2).fill('204 '), ...Array(4).fill('409 TOO_MANY_PINS')]);
    expect((await get(service, bob.id, `/v1/conversations/${id}/pins?limit=100`)).items).toHaveLength(50);
  });

  it('are not those that one has deleted for oneself, or from before one came', async () => {
    const id = await conversationOf(service, [alice.id, bob.id, carol.id]);
    const said = await say(service, id, bob.id, many(3));
    for (const { _id } of said) await pin(_id);
    await service.request('DELETE', `/v1/messages/${said[1]?._id}?for=me`, { as: carol.id });
    await changeMember(service, id, carol.id, { joined_seq: 1 });
    const { items } = await get(service, carol.id, `/v1/conversations/${id}/pins`);
    expect(items.map(({ seq }) => seq)).toEqual([3]);
  });
});

describe('nobody pins', () => {
  it('where members may not', async () => {
    const id = await conversationOf(service, [alice.id, bob.id], { settings: { pin: 'ADMIN' } });
    const { _id } = await sayOne(service, id, bob.id);
    expect(refused(await pin(_id, bob.id))).toBe('403 PIN_NOT_ALLOWED');
    expect((await pin(_id, alice.id)).status).toBe(204);
    expect(refused(await unpin(_id, bob.id))).toBe('403 PIN_NOT_ALLOWED');
  });

  it('what is deleted', async () => {
    const { _id } = await sayOne(service, await conversationOf(service, [alice.id, bob.id]), alice.id);
    await service.request('DELETE', `/v1/messages/${_id}`, { as: alice.id });
    expect(refused(await pin(_id))).toBe('409 MESSAGE_DELETED');
  });

  it('for somebody who has blocked one', async () => {
    const { _id } = await sayOne(
      service,
      await conversationOf(service, [alice.id, bob.id], { type: 'DIRECT' }),
      bob.id,
    );
    await block(service, bob.id, alice.id);
    expect(refused(await pin(_id))).toBe('403 MESSAGE_NOT_ALLOWED');
    await forgetRelations(service);
    expect((await pin(_id)).status).toBe(204);
  });
});
