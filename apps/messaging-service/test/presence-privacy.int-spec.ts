import { BlockCreated, BlockDeleted, fact, UserUpdated } from '@plaza/contracts';
import { userState } from '@plaza/testing';
import { collections } from '../src/storage/collections.js';
import { alice, befriend, block, bob, carol, setAccount } from './messaging-under-test.js';
import { eventually, PresenceBed } from './presence-bed.js';
import { storedConversation } from './stored.js';

let bed: PresenceBed;

beforeAll(async () => {
  bed = await PresenceBed.start();
});
afterAll(() => bed?.stop());
beforeEach(() => bed.forget());

describe('who may not know', () => {
  const gone = { status: 'OFFLINE', lastSeenAt: null };

  it('is a stranger, and who was a member once', async () => {
    const group = await storedConversation(bed.chat, [alice.id, bob.id]);
    await bed.gateway().open(alice.id);
    await bed.seenAs('ONLINE', { by: bob.id, of: alice.id });
    expect(await bed.see(carol.id, alice.id)).toEqual([{ userId: alice.id, ...gone }]);
    await collections.members(bed.chat.db).updateOne({ _id: `${group}:${bob.id}` }, { $set: { active: false } });
    expect(await bed.see(bob.id, alice.id)).toMatchObject([gone]);
  });

  it('is everybody where the user does not show it', async () => {
    await storedConversation(bed.chat, [alice.id, bob.id]);
    await setAccount(bed.chat, alice.id, { audience: { presence: false } });
    await bed.gateway().open(alice.id);
    await eventually(() =>
      expect(bed.listener.frames('presence.changed').map(({ audience }) => audience)).toEqual([`USER ${alice.id}`]),
    );
    expect(bed.listener.facts('presence.changed')).toEqual([]);
    expect(await bed.see(bob.id, alice.id)).toMatchObject([gone]);
    expect(await bed.see(alice.id, alice.id)).toMatchObject([{ status: 'ONLINE' }]);
  });

  it('is who has blocked or is blocked, and with them the conversations they share', async () => {
    await storedConversation(bed.chat, [alice.id, bob.id, carol.id]);
    const other = await storedConversation(bed.chat, [alice.id, carol.id]);
    await block(bed.chat, bob.id, alice.id);
    await bed.gateway().open(alice.id);
    await bed.seenAs('ONLINE', { by: carol.id, of: alice.id });
    expect(await bed.see(bob.id, alice.id)).toMatchObject([gone]);
    await eventually(() =>
      expect(bed.listener.frames('presence.changed').map(({ audience }) => audience)).toEqual([
        `USER ${alice.id}`,
        `CONVERSATION ${other}`,
      ]),
    );
  });

  it('is who has asked to talk and was not answered', async () => {
    const request = { by: bob.id, state: 'PENDING' } as const;
    const talk = await storedConversation(bed.chat, [bob.id, alice.id], { type: 'DIRECT', request });
    await bed.gateway().open(alice.id);
    await bed.nothingDue();
    expect(await bed.see(bob.id, alice.id)).toMatchObject([gone]);
    await collections.conversations(bed.chat.db).updateOne({ _id: talk }, { $set: { 'request.state': 'ACCEPTED' } });
    expect(await bed.see(bob.id, alice.id)).toMatchObject([{ status: 'ONLINE' }]);
  });

  it('sees nobody’s last time where only friends, or none, may know', async () => {
    await storedConversation(bed.chat, [alice.id, bob.id, carol.id]);
    await setAccount(bed.chat, alice.id, { audience: { lastSeen: 'FRIENDS' } });
    await befriend(bed.chat, alice.id, bob.id);
    const gateway = bed.gateway();
    await gateway.close(alice.id, await gateway.open(alice.id));
    await eventually(() => expect(bed.toldStatuses(alice.id).at(-1)).toBe('OFFLINE'));
    expect(await bed.see(carol.id, alice.id)).toMatchObject([gone]);
    expect(await bed.see(bob.id, alice.id)).toMatchObject([{ lastSeenAt: expect.any(String) }]);
    expect(bed.listener.facts('presence.changed').at(-1)?.payload).toMatchObject(gone);
    await setAccount(bed.chat, alice.id, { audience: { lastSeen: 'NOBODY' } });
    expect(await bed.see(bob.id, alice.id)).toMatchObject([gone]);
  });
});

describe('what others may know of somebody who is there', () => {
  const toOthers = () =>
    bed.listener.frames('presence.changed').filter(({ data, audience }) => !audience.endsWith(`${data.userId}`));
  const seen = (userId: string, status: string) => ({ userId, status, lastSeenAt: null });

  async function told(...expected: object[]): Promise<void> {
    await eventually(() => {
      const frames = toOthers();
      expect(frames).toHaveLength(expected.length);
      expect(frames).toEqual(expect.arrayContaining(expected));
    });
    await bed.nothingDue();
    bed.listener.clear();
  }

  async function setPresence(presence: boolean): Promise<void> {
    const state = userState(alice);
    const changed = fact(UserUpdated, { ...state, audience: { ...state.audience, presence } });
    await bed.chat.publish(changed, { version: Date.now() });
  }

  it('ends when they hide it, and comes back when they show it again', async () => {
    const group = await storedConversation(bed.chat, [alice.id, bob.id]);
    const frame = (status: string) => {
      return { audience: `CONVERSATION ${group}`, exceptUserId: alice.id, data: seen(alice.id, status) };
    };
    const gateway = bed.gateway();
    const connection = await gateway.open(alice.id);
    await told(frame('ONLINE'));
    await setPresence(false);
    await told(frame('OFFLINE'));
    expect(await bed.see(alice.id, alice.id)).toMatchObject([{ status: 'ONLINE' }]);
    await setPresence(true);
    await told(frame('ONLINE'));
    await setPresence(false);
    await told(frame('OFFLINE'));
    await gateway.close(alice.id, connection);
    await eventually(() =>
      expect(bed.listener.frames('presence.changed')).toMatchObject([{ audience: `USER ${alice.id}` }]),
    );
    expect(toOthers()).toEqual([]);
  });

  it('ends for the two between whom there is a block, whoever made it, and comes back after it', async () => {
    await storedConversation(bed.chat, [alice.id, bob.id], { type: 'DIRECT' });
    const group = await storedConversation(bed.chat, [alice.id, carol.id]);
    for (const { id } of [alice, bob]) await bed.gateway().open(id);
    await eventually(() => expect(toOthers()).toHaveLength(3));
    await bed.nothingDue();
    bed.listener.clear();
    const apart = { blockerId: alice.id, blockedId: bob.id, createdAt: new Date().toISOString() };
    const both = (status: string) => [
      { audience: `USER ${alice.id}`, exceptUserId: null, data: seen(bob.id, status) },
      { audience: `USER ${bob.id}`, exceptUserId: null, data: seen(alice.id, status) },
    ];
    await bed.chat.publish(fact(BlockCreated, apart), { version: 1 });
    await told(...both('OFFLINE'));
    await bed.chat.request('PUT', '/v1/presence', { as: alice.id, body: { status: 'AWAY' } });
    await told({ audience: `CONVERSATION ${group}`, exceptUserId: alice.id, data: seen(alice.id, 'AWAY') });
    await bed.chat.publish(fact(BlockDeleted, apart), { version: 2 });
    await told(
      { audience: `USER ${alice.id}`, exceptUserId: null, data: seen(bob.id, 'ONLINE') },
      { audience: `USER ${bob.id}`, exceptUserId: null, data: seen(alice.id, 'AWAY') },
    );
  });

  it('is told to nobody who never knew of it, whoever blocks whom', async () => {
    await storedConversation(bed.chat, [alice.id, carol.id]);
    for (const { id } of [alice, bob]) await bed.gateway().open(id);
    await eventually(() => expect(toOthers()).toHaveLength(1));
    await bed.nothingDue();
    bed.listener.clear();
    await bed.chat.publish(
      fact(BlockCreated, { blockerId: bob.id, blockedId: alice.id, createdAt: new Date().toISOString() }),
      {
        version: 1,
      },
    );
    await bed.chat.settle();
    await bed.nothingDue();
    await bed.chat.request('PUT', '/v1/presence', { as: alice.id, body: { status: 'AWAY' } });
    await eventually(() => expect(bed.toldStatuses(alice.id)).toEqual(['AWAY']));
    expect(toOthers()).toMatchObject([{ data: { status: 'AWAY' } }]);
  });
});
