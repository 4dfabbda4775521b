import { randomUUID } from 'node:crypto';
import {
  BlockCreated,
  BlockDeleted,
  ConnectionClosed,
  ConnectionOpened,
  ConnectionsHeld,
  fact,
  UserUpdated,
} from '@plaza/contracts';
import { eventually as eventuallySoon, userState } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { PresenceView } from '../src/presence/presence.view.js';
import { collections } from '../src/storage/collections.js';
import { Listener } from './listener.js';
import {
  alice,
  befriend,
  block,
  bob,
  carol,
  forgetConversations,
  forgetRelations,
  messagingUnderTest,
  setAccount,
} from './messaging-under-test.js';
import { secondInstance } from './second-instance.js';
import { storedConversation } from './stored.js';

let chat: ServiceUnderTest;
let listener: Listener;
let version = 0;

beforeAll(async () => {
  const env = { PLAZA_PRESENCE_GATEWAY_SILENCE: '1h', PLAZA_PRESENCE_LEAVE_AFTER: '500ms' };
  chat = await messagingUnderTest({}, env);
  listener = await Listener.start(chat, ['stream.frame', 'presence']);
});
afterAll(async () => {
  await listener?.stop();
  await chat?.stop();
});
beforeEach(async () => {
  for (const one of ['connections', 'gateways', 'user_presence']) await chat.db.collection(one).deleteMany({});
  await forgetConversations(chat);
  await forgetRelations(chat);
  for (const { id } of [alice, bob]) await setAccount(chat, id, { audience: { presence: true, lastSeen: 'EVERYONE' } });
  listener.clear();
});

/** Deadlines are for a machine that does much else. */
function eventually<T>(check: () => Promise<T> | T): Promise<T> {
  return eventuallySoon(check, { withinMs: 40_000 });
}

const hour = 3_600_000;
const now = () => new Date().toISOString();

class Gateway {
  readonly gatewayId = randomUUID();
  beat = 0;

  async tell(...facts: object[]): Promise<void> {
    for (const one of facts) await chat.publish(one, { version: ++version });
    await chat.settle();
  }

  opened(userId: string, connectionId: string): ConnectionOpened {
    return fact(ConnectionOpened, { gatewayId: this.gatewayId, userId, connectionId, openedAt: now() });
  }

  closed(userId: string, connectionId: string): ConnectionClosed {
    return fact(ConnectionClosed, { gatewayId: this.gatewayId, userId, connectionId, closedAt: now() });
  }

  held(connections: Array<{ userId: string; connectionId: string }>, beat = ++this.beat, part = 1, parts = 1) {
    const { gatewayId } = this;
    return fact(ConnectionsHeld, { gatewayId, beat, part, parts, connections, heldAt: now() });
  }

  async open(userId: string): Promise<string> {
    const connectionId = randomUUID();
    await this.tell(this.opened(userId, connectionId));
    return connectionId;
  }

  close(userId: string, connectionId: string): Promise<void> {
    return this.tell(this.closed(userId, connectionId));
  }

  /** As many connections of people nobody knows. */
  async holds(count: number): Promise<void> {
    const socket = () => ({
      _id: randomUUID(),
      user_id: randomUUID(),
      gateway_id: this.gatewayId,
      opened_at: new Date(),
    });
    await collections.connections(chat.db).insertMany(Array.from({ length: count }, socket));
  }

  async heardOf(seen_at: Date): Promise<void> {
    await collections.gateways(chat.db).updateOne({ _id: this.gatewayId }, { $set: { seen_at } });
  }
}

async function see(viewer: string, ...userIds: string[]): Promise<PresenceView[]> {
  const path = `/v1/presence?userIds=${userIds.join(',')}`;
  const { status, body } = await chat.request<{ items: PresenceView[] }>('GET', path, { as: viewer });
  expect(status).toBe(200);
  return body.items;
}

function seenAs(status: string, o: { by: string; of: string }): Promise<PresenceView> {
  return eventually(async () => {
    const [seen] = await see(o.by, o.of);
    expect(seen).toMatchObject({ userId: o.of, status });
    return seen as PresenceView;
  });
}

async function nothingDue(): Promise<void> {
  await eventually(async () => {
    expect(await collections.presence(chat.db).countDocuments({ due_at: { $ne: null } })).toBe(0);
  });
}

function toldStatuses(of: string): unknown[] {
  return listener
    .facts('presence.changed')
    .filter(({ key }) => key === of)
    .map(({ payload }) => payload.status);
}

describe('somebody who connects', () => {
  it('is there for who shares a conversation, and gone some time after the last connection', async () => {
    await storedConversation(chat, [alice.id, bob.id]);
    const gateway = new Gateway();
    const connection = await gateway.open(alice.id);
    expect(await seenAs('ONLINE', { by: bob.id, of: alice.id })).toMatchObject({ lastSeenAt: null });
    await gateway.close(alice.id, connection);
    const { lastSeenAt } = await seenAs('OFFLINE', { by: bob.id, of: alice.id });
    expect(lastSeenAt).toMatch(/^\d{4}-/);
    await eventually(() => expect(toldStatuses(alice.id)).toEqual(['ONLINE', 'OFFLINE']));
  });

  it('stays there as long as one device is, at whichever gateway', async () => {
    await storedConversation(chat, [alice.id, bob.id]);
    const [one, other] = [new Gateway(), new Gateway()];
    const first = await one.open(alice.id);
    const second = await other.open(alice.id);
    await seenAs('ONLINE', { by: bob.id, of: alice.id });
    await one.close(alice.id, first);
    await nothingDue();
    expect(await see(bob.id, alice.id)).toMatchObject([{ status: 'ONLINE' }]);
    await other.close(alice.id, second);
    await seenAs('OFFLINE', { by: bob.id, of: alice.id });
    await eventually(() => expect(toldStatuses(alice.id)).toEqual(['ONLINE', 'OFFLINE']));
  });

  it('was not gone for who sees a reconnect, also at another gateway', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id]);
    const [one, other] = [new Gateway(), new Gateway()];
    const connection = await one.open(alice.id);
    await seenAs('ONLINE', { by: bob.id, of: alice.id });
    await one.tell(one.closed(alice.id, connection), other.opened(alice.id, randomUUID()));
    await nothingDue();
    await eventually(() => expect(toldStatuses(alice.id)).toEqual(['ONLINE']));
    expect(listener.frames('presence.changed').map(({ audience }) => audience)).toEqual([
      `USER ${alice.id}`,
      `CONVERSATION ${group}`,
    ]);
  });

  it('is told to their own devices and to the conversations they are in, small ones alone', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id]);
    await storedConversation(chat, [alice.id, ...Array.from({ length: 100 }, () => randomUUID())]);
    await new Gateway().open(alice.id);
    const data = { userId: alice.id, status: 'ONLINE', lastSeenAt: null };
    await eventually(() =>
      expect(listener.frames('presence.changed')).toEqual([
        { audience: `USER ${alice.id}`, exceptUserId: null, data },
        { audience: `CONVERSATION ${group}`, exceptUserId: alice.id, data },
      ]),
    );
    expect(listener.facts('presence.changed')).toMatchObject([{ key: alice.id, payload: data }]);
    expect(listener.facts('frame.published').every(({ payload }) => payload.momentary)).toBe(true);
  });
});

describe('a gateway', () => {
  it('that has died takes its connections with it; one that was only not heard of says again what it holds', async () => {
    await storedConversation(chat, [alice.id, bob.id]);
    const [dies, lives] = [new Gateway(), new Gateway()];
    const held = [{ userId: alice.id, connectionId: randomUUID() }];
    await dies.tell(dies.held(held));
    await lives.open(bob.id);
    await seenAs('ONLINE', { by: bob.id, of: alice.id });
    await dies.holds(1_100);
    const last = new Date('2026-11-25T08:00:00.000Z');
    await dies.heardOf(last);
    await lives.heardOf(new Date(Date.now() + hour));
    const impatient = await secondInstance(chat, { PLAZA_PRESENCE_GATEWAY_SILENCE: '1s' });
    try {
      await eventually(async () => {
        expect(await collections.gateways(chat.db).distinct('_id')).toEqual([lives.gatewayId]);
      });
    } finally {
      await impatient.stop();
    }
    expect(await collections.connections(chat.db).distinct('user_id')).toEqual([bob.id]);
    const { lastSeenAt } = await seenAs('OFFLINE', { by: bob.id, of: alice.id });
    expect(lastSeenAt).toBe(last.toISOString());
    expect(await see(alice.id, bob.id)).toMatchObject([{ status: 'ONLINE' }]);
    await dies.tell(dies.held(held));
    await seenAs('ONLINE', { by: bob.id, of: alice.id });
  });

  it('says with a heartbeat what was missed: who is there, and who is not', async () => {
    await storedConversation(chat, [alice.id, bob.id]);
    const gateway = new Gateway();
    const connectionId = randomUUID();
    await gateway.tell(gateway.held([{ userId: alice.id, connectionId }]));
    await seenAs('ONLINE', { by: bob.id, of: alice.id });
    await gateway.tell(gateway.held([{ userId: bob.id, connectionId: randomUUID() }]));
    await seenAs('OFFLINE', { by: bob.id, of: alice.id });
    await seenAs('ONLINE', { by: alice.id, of: bob.id });
  });

  it('is believed once all parts of a heartbeat have come', async () => {
    await storedConversation(chat, [alice.id, bob.id]);
    const gateway = new Gateway();
    await gateway.open(alice.id);
    await seenAs('ONLINE', { by: bob.id, of: alice.id });
    const bobs = [{ userId: bob.id, connectionId: randomUUID() }];
    await gateway.tell(gateway.held([], 1, 1, 2));
    expect(await collections.connections(chat.db).countDocuments({ user_id: alice.id })).toBe(1);
    await gateway.tell(gateway.held(bobs, 1, 2, 2));
    await seenAs('OFFLINE', { by: bob.id, of: alice.id });
    expect(await collections.connections(chat.db).countDocuments({ user_id: bob.id })).toBe(1);
  });
});

describe('the consumer of connections', () => {
  const openOf = (userId: string) => collections.connections(chat.db).countDocuments({ user_id: userId });

  it('applies what comes and goes', async () => {
    const gateway = new Gateway();
    const connection = await gateway.open(alice.id);
    expect(await openOf(alice.id)).toBe(1);
    await gateway.close(alice.id, connection);
    expect(await openOf(alice.id)).toBe(0);
  });

  it('ignores a duplicate', async () => {
    const gateway = new Gateway();
    const opened = gateway.opened(alice.id, randomUUID());
    await gateway.tell(opened, opened);
    const before = await collections.connections(chat.db).findOne({ user_id: alice.id });
    await gateway.tell(opened);
    expect(await collections.connections(chat.db).find({ user_id: alice.id }).toArray()).toEqual([before]);
  });

  it('ignores an older heartbeat', async () => {
    const gateway = new Gateway();
    const connections = [{ userId: alice.id, connectionId: randomUUID() }];
    await gateway.tell(gateway.held(connections, 5));
    await gateway.tell(gateway.held([], 4));
    expect(await openOf(alice.id)).toBe(1);
  });

  it('has an end that comes before its beginning made good by the next heartbeat', async () => {
    const gateway = new Gateway();
    const connection = randomUUID();
    await gateway.tell(gateway.closed(alice.id, connection), gateway.opened(alice.id, connection));
    await gateway.tell(gateway.held([]));
    expect(await openOf(alice.id)).toBe(0);
  });

  it('ends right for what is opened, closed and opened again, in one go or one by one', async () => {
    const gateway = new Gateway();
    const [one, other] = [randomUUID(), randomUUID()];
    const facts = [gateway.opened(alice.id, one), gateway.closed(alice.id, one), gateway.opened(alice.id, other)];
    await gateway.tell(...facts);
    expect(await openOf(alice.id)).toBe(1);
    await gateway.tell(gateway.held([]));
    for (const each of facts) await gateway.tell(each);
    expect(await collections.connections(chat.db).find({ user_id: alice.id }).toArray()).toMatchObject([
      { _id: other },
    ]);
  });
});

describe('a status that was chosen', () => {
  async function choose(as: string, status: string) {
    const answer = await chat.request('PUT', '/v1/presence', { as, body: { status } });
    expect(answer).toMatchObject({ status: 200, body: { status } });
  }

  it('is what others see while one is connected, and again the next time', async () => {
    await storedConversation(chat, [alice.id, bob.id]);
    const gateway = new Gateway();
    const connection = await gateway.open(alice.id);
    await choose(alice.id, 'DO_NOT_DISTURB');
    await seenAs('DO_NOT_DISTURB', { by: bob.id, of: alice.id });
    await gateway.close(alice.id, connection);
    await seenAs('OFFLINE', { by: bob.id, of: alice.id });
    await gateway.open(alice.id);
    await seenAs('DO_NOT_DISTURB', { by: bob.id, of: alice.id });
  });

  it('makes invisible: others saw one last when it was chosen, whatever happens then', async () => {
    await storedConversation(chat, [alice.id, bob.id]);
    const gateway = new Gateway();
    const connection = await gateway.open(alice.id);
    await seenAs('ONLINE', { by: bob.id, of: alice.id });
    await choose(alice.id, 'OFFLINE');
    const { lastSeenAt } = await seenAs('OFFLINE', { by: bob.id, of: alice.id });
    expect(lastSeenAt).not.toBeNull();
    await gateway.close(alice.id, connection);
    await nothingDue();
    expect(await see(bob.id, alice.id)).toMatchObject([{ lastSeenAt }]);
    expect(toldStatuses(alice.id)).toEqual(['ONLINE', 'OFFLINE']);
  });

  it.each([{}, { status: 'GONE' }, { status: { $gt: '' } }, { status: null }, { status: 'AWAY', until: 1 }])(
    'is none of %p',
    async (body) => {
      expect(await chat.request('PUT', '/v1/presence', { as: alice.id, body })).toMatchObject({
        status: 422,
        body: { code: 'BODY_INVALID' },
      });
    },
  );

  it.each(['', 'userIds=', 'userIds=x', 'userIds[$gt]='])('is not asked for by ?%s', async (query) => {
    expect(await chat.request('GET', `/v1/presence?${query}`, { as: alice.id })).toMatchObject({
      status: 400,
      body: { code: 'QUERY_INVALID' },
    });
  });
});

describe('who may not know', () => {
  const gone = { status: 'OFFLINE', lastSeenAt: null };

  it('is a stranger, and who was a member once', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id]);
    await new Gateway().open(alice.id);
    await seenAs('ONLINE', { by: bob.id, of: alice.id });
    expect(await see(carol.id, alice.id)).toEqual([{ userId: alice.id, ...gone }]);
    await collections.members(chat.db).updateOne({ _id: `${group}:${bob.id}` }, { $set: { active: false } });
    expect(await see(bob.id, alice.id)).toMatchObject([gone]);
  });

  it('is everybody where the user does not show it', async () => {
    await storedConversation(chat, [alice.id, bob.id]);
    await setAccount(chat, alice.id, { audience: { presence: false } });
    await new Gateway().open(alice.id);
    await eventually(() =>
      expect(listener.frames('presence.changed').map(({ audience }) => audience)).toEqual([`USER ${alice.id}`]),
    );
    expect(listener.facts('presence.changed')).toEqual([]);
    expect(await see(bob.id, alice.id)).toMatchObject([gone]);
    expect(await see(alice.id, alice.id)).toMatchObject([{ status: 'ONLINE' }]);
  });

  it('is who has blocked or is blocked, and with them the conversations they share', async () => {
    await storedConversation(chat, [alice.id, bob.id, carol.id]);
    const other = await storedConversation(chat, [alice.id, carol.id]);
    await block(chat, bob.id, alice.id);
    await new Gateway().open(alice.id);
    await seenAs('ONLINE', { by: carol.id, of: alice.id });
    expect(await see(bob.id, alice.id)).toMatchObject([gone]);
    await eventually(() =>
      expect(listener.frames('presence.changed').map(({ audience }) => audience)).toEqual([
        `USER ${alice.id}`,
        `CONVERSATION ${other}`,
      ]),
    );
  });

  it('is who has asked to talk and was not answered', async () => {
    const request = { by: bob.id, state: 'PENDING' } as const;
    const talk = await storedConversation(chat, [bob.id, alice.id], { type: 'DIRECT', request });
    await new Gateway().open(alice.id);
    await nothingDue();
    expect(await see(bob.id, alice.id)).toMatchObject([gone]);
    await collections.conversations(chat.db).updateOne({ _id: talk }, { $set: { 'request.state': 'ACCEPTED' } });
    expect(await see(bob.id, alice.id)).toMatchObject([{ status: 'ONLINE' }]);
  });

  it('sees nobody’s last time where only friends, or none, may know', async () => {
    await storedConversation(chat, [alice.id, bob.id, carol.id]);
    await setAccount(chat, alice.id, { audience: { lastSeen: 'FRIENDS' } });
    await befriend(chat, alice.id, bob.id);
    const gateway = new Gateway();
    await gateway.close(alice.id, await gateway.open(alice.id));
    await eventually(() => expect(toldStatuses(alice.id).at(-1)).toBe('OFFLINE'));
    expect(await see(carol.id, alice.id)).toMatchObject([gone]);
    expect(await see(bob.id, alice.id)).toMatchObject([{ lastSeenAt: expect.any(String) }]);
    expect(listener.facts('presence.changed').at(-1)?.payload).toMatchObject(gone);
    await setAccount(chat, alice.id, { audience: { lastSeen: 'NOBODY' } });
    expect(await see(bob.id, alice.id)).toMatchObject([gone]);
  });
});

describe('what others may know of somebody who is there', () => {
  const toOthers = () =>
    listener.frames('presence.changed').filter(({ data, audience }) => !audience.endsWith(`${data.userId}`));
  const seen = (userId: string, status: string) => ({ userId, status, lastSeenAt: null });

  async function told(...expected: object[]): Promise<void> {
    await eventually(() => {
      const frames = toOthers();
      expect(frames).toHaveLength(expected.length);
      expect(frames).toEqual(expect.arrayContaining(expected));
    });
    await nothingDue();
    listener.clear();
  }

  async function setPresence(presence: boolean): Promise<void> {
    const state = userState(alice);
    const changed = fact(UserUpdated, { ...state, audience: { ...state.audience, presence } });
    await chat.publish(changed, { version: Date.now() });
  }

  it('ends when they hide it, and comes back when they show it again', async () => {
    const group = await storedConversation(chat, [alice.id, bob.id]);
    const frame = (status: string) => {
      return { audience: `CONVERSATION ${group}`, exceptUserId: alice.id, data: seen(alice.id, status) };
    };
    const gateway = new Gateway();
    const connection = await gateway.open(alice.id);
    await told(frame('ONLINE'));
    await setPresence(false);
    await told(frame('OFFLINE'));
    expect(await see(alice.id, alice.id)).toMatchObject([{ status: 'ONLINE' }]);
    await setPresence(true);
    await told(frame('ONLINE'));
    await setPresence(false);
    await told(frame('OFFLINE'));
    await gateway.close(alice.id, connection);
    await eventually(() =>
      expect(listener.frames('presence.changed')).toMatchObject([{ audience: `USER ${alice.id}` }]),
    );
    expect(toOthers()).toEqual([]);
  });

  it('ends for the two between whom there is a block, whoever made it, and comes back after it', async () => {
    await storedConversation(chat, [alice.id, bob.id], { type: 'DIRECT' });
    const group = await storedConversation(chat, [alice.id, carol.id]);
    for (const { id } of [alice, bob]) await new Gateway().open(id);
    await eventually(() => expect(toOthers()).toHaveLength(3));
    await nothingDue();
    listener.clear();
    const apart = { blockerId: alice.id, blockedId: bob.id, createdAt: now() };
    const both = (status: string) => [
      { audience: `USER ${alice.id}`, exceptUserId: null, data: seen(bob.id, status) },
      { audience: `USER ${bob.id}`, exceptUserId: null, data: seen(alice.id, status) },
    ];
    await chat.publish(fact(BlockCreated, apart), { version: 1 });
    await told(...both('OFFLINE'));
    await chat.request('PUT', '/v1/presence', { as: alice.id, body: { status: 'AWAY' } });
    await told({ audience: `CONVERSATION ${group}`, exceptUserId: alice.id, data: seen(alice.id, 'AWAY') });
    await chat.publish(fact(BlockDeleted, apart), { version: 2 });
    await told(
      { audience: `USER ${alice.id}`, exceptUserId: null, data: seen(bob.id, 'ONLINE') },
      { audience: `USER ${bob.id}`, exceptUserId: null, data: seen(alice.id, 'AWAY') },
    );
  });

  it('is told to nobody who never knew of it, whoever blocks whom', async () => {
    await storedConversation(chat, [alice.id, carol.id]);
    for (const { id } of [alice, bob]) await new Gateway().open(id);
    await eventually(() => expect(toOthers()).toHaveLength(1));
    await nothingDue();
    listener.clear();
    await chat.publish(fact(BlockCreated, { blockerId: bob.id, blockedId: alice.id, createdAt: now() }), {
      version: 1,
    });
    await chat.settle();
    await nothingDue();
    await chat.request('PUT', '/v1/presence', { as: alice.id, body: { status: 'AWAY' } });
    await eventually(() => expect(toldStatuses(alice.id)).toEqual(['AWAY']));
    expect(toOthers()).toMatchObject([{ data: { status: 'AWAY' } }]);
  });
});
