import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Audience } from './audience.js';
import type { StreamClient } from './client.js';
import { CLOSE } from './close-codes.js';
import type { Conversations } from './conversations.js';
import { readFrameId, type Vector } from './frame-id.js';
import { Memberships } from './memberships.js';
import { Replay, type ReplayOutcome } from './replay.js';
import type { FrameRing } from './ring.js';
import { idIn, ownFrame } from './server-frames.js';

export interface SessionParts {
  ring: FrameRing;
  audience: Audience;
  conversations: Pick<Conversations, 'of'>;
  logger: Logger;
  /** Resolves when the ring has got as far as a cursor; false when it does not in time. */
  reached(vector: Vector): Promise<boolean>;
  /** Told how a client began. */
  began(how: 'new' | 'resumed' | 'resync'): void;
}

const RETRY_MS = { least: 500, most: 3_000 };

/** Brings a client that has just connected to where frames reach it as they come. */
export class Sessions {
  constructor(private readonly parts: SessionParts) {}

  /** @param since the id that the client saw last */
  async begin(client: StreamClient, since: string | undefined): Promise<void> {
    const wanted = await this.startOf(client, since);
    const memberships = await this.membershipsOf(client);
    const start = this.holds(wanted) ? wanted : this.startAnew('resync');
    client.partial = memberships === undefined;
    this.greet(client, since, start);
    const outcome = await this.catchUp(client, start.vector, memberships);
    if (outcome === 'evicted') client.close(CLOSE.TOO_SLOW, 'TOO_SLOW');
    if (outcome === 'done' && client.partial) await this.learnLater(client, start.vector);
  }

  private async startOf(client: StreamClient, since: string | undefined): Promise<Start> {
    const { ring } = this.parts;
    if (since === undefined) return this.startAnew('new');
    const cursor = readFrameId(since);
    const usable = cursor && !cursor.partial && cursor.log === ring.log && (await this.parts.reached(cursor.vector));
    if (!usable || !ring.covers(cursor.vector) || client.closed) return this.startAnew('resync');
    const vector = ring.next.map((_, partition) => cursor.vector[partition] ?? 0);
    return { vector, how: 'resumed', generation: ring.generation };
  }

  private startAnew(how: 'new' | 'resync'): Start {
    const { ring } = this.parts;
    return { vector: [...ring.next], how, generation: ring.generation };
  }

  /** Whether the ring still has everything from there on: while others were asked, it has gone on. */
  private holds({ vector, generation }: Start): boolean {
    const { ring } = this.parts;
    return generation === ring.generation && ring.covers(vector);
  }

  private greet(client: StreamClient, since: string | undefined, { vector, how }: Start): void {
    this.parts.began(how);
    const id = how === 'resumed' && since !== undefined ? since : idIn(this.parts.ring, vector, client.partial);
    client.send(ownFrame('ready', id, { connectionId: client.connectionId, resumed: how === 'resumed' }));
    if (how === 'resync') client.send(ownFrame('resync', id));
  }

  private catchUp(client: StreamClient, since: Vector, memberships: Memberships | undefined): Promise<ReplayOutcome> {
    const { ring } = this.parts;
    const onEnd = () => {
      client.live = true;
      if (memberships) this.enter(client, memberships);
    };
    return new Replay({ client, ring, since, memberships, onEnd }).run();
  }

  private enter(client: StreamClient, memberships: Memberships): void {
    client.knowsConversations = true;
    client.partial = false;
    for (const [conversationId, span] of memberships.lasting()) this.parts.audience.join(client, conversationId, span);
  }

  /** Undefined when they can't be told now. */
  private async membershipsOf(client: StreamClient): Promise<Memberships | undefined> {
    try {
      return new Memberships(client.user.id, await this.parts.conversations.of(client));
    } catch (err) {
      const { connectionId } = client;
      this.parts.logger.warn({ err, connectionId }, 'the conversations of a client are not known yet');
      return undefined;
    }
  }

  /** What is for the user alone goes on meanwhile. Ids that are given out until then can't be resumed from. */
  private async learnLater(client: StreamClient, since: Vector): Promise<void> {
    const { ring } = this.parts;
    const { generation } = ring;
    for (let wait = RETRY_MS.least; !client.closed; wait = Math.min(wait * 2, RETRY_MS.most)) {
      await pause(wait + randomInt(wait), undefined, { ref: false });
      const memberships = client.closed ? undefined : await this.membershipsOf(client);
      if (!memberships) continue;
      const kept = generation === ring.generation && ring.covers(since);
      if (!kept) client.send(ownFrame('resync', idIn(ring, ring.next, true)));
      const from = kept ? since : [...ring.next];
      const onEnd = () => {
        this.enter(client, memberships);
        client.send(ownFrame('cursor', idIn(ring, ring.next, false)));
      };
      const outcome = await new Replay({
        client,
        ring,
        since: from,
        memberships,
        conversationsOnly: true,
        onEnd,
      }).run();
      if (outcome === 'evicted') client.close(CLOSE.TOO_SLOW, 'TOO_SLOW');
      return;
    }
  }
}

interface Start {
  vector: Vector;
  how: 'new' | 'resumed' | 'resync';
  /** Of the ring, then. */
  generation: number;
}
