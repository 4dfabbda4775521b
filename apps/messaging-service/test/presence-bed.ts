import { randomUUID } from 'node:crypto';
import { ConnectionClosed, ConnectionOpened, ConnectionsHeld, fact } from '@plaza/contracts';
import { eventually as eventuallySoon } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import type { PresenceView } from '../src/presence/presence.view.js';
import { collections } from '../src/storage/collections.js';
import { Listener } from './listener.js';
import {
  alice,
  bob,
  forgetConversations,
  forgetRelations,
  messagingUnderTest,
  setAccount,
} from './messaging-under-test.js';

/** Deadlines are for a machine that does much else. */
export function eventually<T>(check: () => Promise<T> | T): Promise<T> {
  return eventuallySoon(check, { withinMs: 40_000 });
}

const now = () => new Date().toISOString();

/** messaging-service with somebody who hears what it tells of who is there. */
export class PresenceBed {
  private version = 0;

  private constructor(
    readonly chat: ServiceUnderTest,
    readonly listener: Listener,
  ) {}

  static async start(): Promise<PresenceBed> {
    const env = { PLAZA_PRESENCE_GATEWAY_SILENCE: '1h', PLAZA_PRESENCE_LEAVE_AFTER: '500ms' };
    const chat = await messagingUnderTest({}, env);
    return new PresenceBed(chat, await Listener.start(chat, ['stream.frame', 'presence']));
  }

  async stop(): Promise<void> {
    await this.listener.stop();
    await this.chat.stop();
  }

  /** Nobody is there or talks with anybody, and Alice and Bob show all that they can show. */
  async forget(): Promise<void> {
    const { chat, listener } = this;
    for (const one of ['connections', 'gateways', 'user_presence']) await chat.db.collection(one).deleteMany({});
    await forgetConversations(chat);
    await forgetRelations(chat);
    const audience = { presence: true, lastSeen: 'EVERYONE' } as const;
    for (const { id } of [alice, bob]) await setAccount(chat, id, { audience });
    listener.clear();
  }

  gateway(): Gateway {
    return new Gateway(this);
  }

  /** Has the service take in facts, as newer ones than all before. */
  async tell(facts: object[]): Promise<void> {
    for (const one of facts) await this.chat.publish(one, { version: ++this.version });
    await this.chat.settle();
  }

  async see(viewer: string, ...userIds: string[]): Promise<PresenceView[]> {
    const path = `/v1/presence?userIds=${userIds.join(',')}`;
    const { status, body } = await this.chat.request<{ items: PresenceView[] }>('GET', path, { as: viewer });
    expect(status).toBe(200);
    return body.items;
  }

  /** Once it is so. */
  seenAs(status: string, o: { by: string; of: string }): Promise<PresenceView> {
    return eventually(async () => {
      const [seen] = await this.see(o.by, o.of);
      expect(seen).toMatchObject({ userId: o.of, status });
      return seen as PresenceView;
    });
  }

  async nothingDue(): Promise<void> {
    await eventually(async () => {
      expect(await collections.presence(this.chat.db).countDocuments({ due_at: { $ne: null } })).toBe(0);
    });
  }

  toldStatuses(of: string): unknown[] {
    const told = this.listener.facts('presence.changed').filter(({ key }) => key === of);
    return told.map(({ payload }) => payload.status);
  }
}

/** What a gateway says of its connections. */
export class Gateway {
  readonly gatewayId = randomUUID();
  private beat = 0;

  constructor(private readonly bed: PresenceBed) {}

  tell(...facts: object[]): Promise<void> {
    return this.bed.tell(facts);
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
    const ends = { gateway_id: this.gatewayId, opened_at: new Date() };
    const connections = Array.from({ length: count }, () => ({ _id: randomUUID(), user_id: randomUUID(), ...ends }));
    await collections.connections(this.bed.chat.db).insertMany(connections);
  }

  async heardOf(seen_at: Date): Promise<void> {
    await collections.gateways(this.bed.chat.db).updateOne({ _id: this.gatewayId }, { $set: { seen_at } });
  }
}
