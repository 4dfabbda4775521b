import { randomUUID } from 'node:crypto';
import { collections } from '../src/storage/collections.js';
import { alice, bob } from './messaging-under-test.js';
import { eventually, PresenceBed } from './presence-bed.js';
import { secondInstance } from './second-instance.js';
import { storedConversation } from './stored.js';

const hour = 3_600_000;
let bed: PresenceBed;

beforeAll(async () => {
  bed = await PresenceBed.start();
});
afterAll(() => bed?.stop());
beforeEach(() => bed.forget());

describe('somebody who connects', () => {
  it('is there for who shares a conversation, and gone some time after the last connection', async () => {
    await storedConversation(bed.chat, [alice.id, bob.id]);
    const gateway = bed.gateway();
    const connection = await gateway.open(alice.id);
    expect(await bed.seenAs('ONLINE', { by: bob.id, of: alice.id })).toMatchObject({ lastSeenAt: null });
    await gateway.close(alice.id, connection);
    const { lastSeenAt } = await bed.seenAs('OFFLINE', { by: bob.id, of: alice.id });
    expect(lastSeenAt).toMatch(/^\d{4}-/);
    await eventually(() => expect(bed.toldStatuses(alice.id)).toEqual(['ONLINE', 'OFFLINE']));
  });

  it('stays there as long as one device is, at whichever gateway', async () => {
    await storedConversation(bed.chat, [alice.id, bob.id]);
    const [one, other] = [bed.gateway(), bed.gateway()];
    const first = await one.open(alice.id);
    const second = await other.open(alice.id);
    await bed.seenAs('ONLINE', { by: bob.id, of: alice.id });
    await one.close(alice.id, first);
    await bed.nothingDue();
    expect(await bed.see(bob.id, alice.id)).toMatchObject([{ status: 'ONLINE' }]);
    await other.close(alice.id, second);
    await bed.seenAs('OFFLINE', { by: bob.id, of: alice.id });
    await eventually(() => expect(bed.toldStatuses(alice.id)).toEqual(['ONLINE', 'OFFLINE']));
  });

  it('was not gone for who sees a reconnect, also at another gateway', async () => {
    const group = await storedConversation(bed.chat, [alice.id, bob.id]);
    const [one, other] = [bed.gateway(), bed.gateway()];
    const connection = await one.open(alice.id);
    await bed.seenAs('ONLINE', { by: bob.id, of: alice.id });
    await one.tell(one.closed(alice.id, connection), other.opened(alice.id, randomUUID()));
    await bed.nothingDue();
    await eventually(() => expect(bed.toldStatuses(alice.id)).toEqual(['ONLINE']));
    expect(bed.listener.frames('presence.changed').map(({ audience }) => audience)).toEqual([
      `USER ${alice.id}`,
      `CONVERSATION ${group}`,
    ]);
  });

  it('is told to their own devices and to the conversations they are in, small ones alone', async () => {
    const group = await storedConversation(bed.chat, [alice.id, bob.id]);
    await storedConversation(bed.chat, [alice.id, ...Array.from({ length: 100 }, () => randomUUID())]);
    await bed.gateway().open(alice.id);
    const data = { userId: alice.id, status: 'ONLINE', lastSeenAt: null };
    await eventually(() =>
      expect(bed.listener.frames('presence.changed')).toEqual([
        { audience: `USER ${alice.id}`, exceptUserId: null, data },
        { audience: `CONVERSATION ${group}`, exceptUserId: alice.id, data },
      ]),
    );
    expect(bed.listener.facts('presence.changed')).toMatchObject([{ key: alice.id, payload: data }]);
    expect(bed.listener.facts('frame.published').every(({ payload }) => payload.momentary)).toBe(true);
  });
});

describe('a gateway', () => {
  it('that has died takes its connections with it; one that was only not heard of says again what it holds', async () => {
    await storedConversation(bed.chat, [alice.id, bob.id]);
    const [dies, lives] = [bed.gateway(), bed.gateway()];
    const held = [{ userId: alice.id, connectionId: randomUUID() }];
    await dies.tell(dies.held(held));
    await lives.open(bob.id);
    await bed.seenAs('ONLINE', { by: bob.id, of: alice.id });
    await dies.holds(1_100);
    const last = new Date('2026-11-25T08:00:00.000Z');
    await dies.heardOf(last);
    await lives.heardOf(new Date(Date.now() + hour));
    const impatient = await secondInstance(bed.chat, { PLAZA_PRESENCE_GATEWAY_SILENCE: '1s' });
    try {
      await eventually(async () => {
        expect(await collections.gateways(bed.chat.db).distinct('_id')).toEqual([lives.gatewayId]);
      });
    } finally {
      await impatient.stop();
    }
    expect(await collections.connections(bed.chat.db).distinct('user_id')).toEqual([bob.id]);
    const { lastSeenAt } = await bed.seenAs('OFFLINE', { by: bob.id, of: alice.id });
    expect(lastSeenAt).toBe(last.toISOString());
    expect(await bed.see(alice.id, bob.id)).toMatchObject([{ status: 'ONLINE' }]);
    await dies.tell(dies.held(held));
    await bed.seenAs('ONLINE', { by: bob.id, of: alice.id });
  });

  it('says with a heartbeat what was missed: who is there, and who is not', async () => {
    await storedConversation(bed.chat, [alice.id, bob.id]);
    const gateway = bed.gateway();
    const connectionId = randomUUID();
    await gateway.tell(gateway.held([{ userId: alice.id, connectionId }]));
    await bed.seenAs('ONLINE', { by: bob.id, of: alice.id });
    await gateway.tell(gateway.held([{ userId: bob.id, connectionId: randomUUID() }]));
    await bed.seenAs('OFFLINE', { by: bob.id, of: alice.id });
    await bed.seenAs('ONLINE', { by: alice.id, of: bob.id });
  });

  it('is believed once all parts of a heartbeat have come', async () => {
    await storedConversation(bed.chat, [alice.id, bob.id]);
    const gateway = bed.gateway();
    await gateway.open(alice.id);
    await bed.seenAs('ONLINE', { by: bob.id, of: alice.id });
    const bobs = [{ userId: bob.id, connectionId: randomUUID() }];
    await gateway.tell(gateway.held([], 1, 1, 2));
    expect(await collections.connections(bed.chat.db).countDocuments({ user_id: alice.id })).toBe(1);
    await gateway.tell(gateway.held(bobs, 1, 2, 2));
    await bed.seenAs('OFFLINE', { by: bob.id, of: alice.id });
    expect(await collections.connections(bed.chat.db).countDocuments({ user_id: bob.id })).toBe(1);
  });
});

describe('the consumer of connections', () => {
  const openOf = (userId: string) => collections.connections(bed.chat.db).countDocuments({ user_id: userId });

  it('applies what comes and goes', async () => {
    const gateway = bed.gateway();
    const connection = await gateway.open(alice.id);
    expect(await openOf(alice.id)).toBe(1);
    await gateway.close(alice.id, connection);
    expect(await openOf(alice.id)).toBe(0);
  });

  it('ignores a duplicate', async () => {
    const gateway = bed.gateway();
    const opened = gateway.opened(alice.id, randomUUID());
    await gateway.tell(opened, opened);
    const before = await collections.connections(bed.chat.db).findOne({ user_id: alice.id });
    await gateway.tell(opened);
    expect(await collections.connections(bed.chat.db).find({ user_id: alice.id }).toArray()).toEqual([before]);
  });

  it('ignores an older heartbeat', async () => {
    const gateway = bed.gateway();
    const connections = [{ userId: alice.id, connectionId: randomUUID() }];
    await gateway.tell(gateway.held(connections, 5));
    await gateway.tell(gateway.held([], 4));
    expect(await openOf(alice.id)).toBe(1);
  });

  it('has an end that comes before its beginning made good by the next heartbeat', async () => {
    const gateway = bed.gateway();
    const connection = randomUUID();
    await gateway.tell(gateway.closed(alice.id, connection), gateway.opened(alice.id, connection));
    await gateway.tell(gateway.held([]));
    expect(await openOf(alice.id)).toBe(0);
  });

  it('ends right for what is opened, closed and opened again, in one go or one by one', async () => {
    const gateway = bed.gateway();
    const [one, other] = [randomUUID(), randomUUID()];
    const facts = [gateway.opened(alice.id, one), gateway.closed(alice.id, one), gateway.opened(alice.id, other)];
    await gateway.tell(...facts);
    expect(await openOf(alice.id)).toBe(1);
    await gateway.tell(gateway.held([]));
    for (const each of facts) await gateway.tell(each);
    expect(await collections.connections(bed.chat.db).find({ user_id: alice.id }).toArray()).toMatchObject([
      { _id: other },
    ]);
  });
});

describe('a status that was chosen', () => {
  async function choose(as: string, status: string) {
    const answer = await bed.chat.request('PUT', '/v1/presence', { as, body: { status } });
    expect(answer).toMatchObject({ status: 200, body: { status } });
  }

  it('is what others see while one is connected, and again the next time', async () => {
    await storedConversation(bed.chat, [alice.id, bob.id]);
    const gateway = bed.gateway();
    const connection = await gateway.open(alice.id);
    await choose(alice.id, 'DO_NOT_DISTURB');
    await bed.seenAs('DO_NOT_DISTURB', { by: bob.id, of: alice.id });
    await gateway.close(alice.id, connection);
    await bed.seenAs('OFFLINE', { by: bob.id, of: alice.id });
    await gateway.open(alice.id);
    await bed.seenAs('DO_NOT_DISTURB', { by: bob.id, of: alice.id });
  });

  it('makes invisible: others saw one last when it was chosen, whatever happens then', async () => {
    await storedConversation(bed.chat, [alice.id, bob.id]);
    const gateway = bed.gateway();
    const connection = await gateway.open(alice.id);
    await bed.seenAs('ONLINE', { by: bob.id, of: alice.id });
    await choose(alice.id, 'OFFLINE');
    const { lastSeenAt } = await bed.seenAs('OFFLINE', { by: bob.id, of: alice.id });
    expect(lastSeenAt).not.toBeNull();
    await gateway.close(alice.id, connection);
    await bed.nothingDue();
    expect(await bed.see(bob.id, alice.id)).toMatchObject([{ lastSeenAt }]);
    expect(bed.toldStatuses(alice.id)).toEqual(['ONLINE', 'OFFLINE']);
  });

  it.each([{}, { status: 'GONE' }, { status: { $gt: '' } }, { status: null }, { status: 'AWAY', until: 1 }])(
    'is none of %p',
    async (body) => {
      expect(await bed.chat.request('PUT', '/v1/presence', { as: alice.id, body })).toMatchObject({
        status: 422,
        body: { code: 'BODY_INVALID' },
      });
    },
  );

  it.each(['', 'userIds=', 'userIds=x', 'userIds[$gt]='])('is not asked for by ?%s', async (query) => {
    expect(await bed.chat.request('GET', `/v1/presence?${query}`, { as: alice.id })).toMatchObject({
      status: 400,
      body: { code: 'QUERY_INVALID' },
    });
  });
});
