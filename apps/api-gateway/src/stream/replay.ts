import type { StreamClient } from './client.js';
import type { Vector } from './frame-id.js';
import type { Memberships } from './memberships.js';
import type { FrameRing, RingEntry } from './ring.js';
import { idIn, relayedFrame } from './server-frames.js';

export interface ReplayOptions {
  client: StreamClient;
  ring: FrameRing;
  /** From where on. */
  since: Vector;
  /** Undefined while the conversations are not known: then only what is for the user alone is replayed. */
  memberships?: Memberships;
  /** What is for the user alone was seen already. */
  conversationsOnly?: boolean;
  /** Called when everything was replayed, before anything else can come. */
  onEnd(): void;
}

export type ReplayOutcome = 'done' | 'evicted' | 'closed';

/** Bytes that wait for a client above which a replay waits for the client. */
const ENOUGH = 65_536;

/**
 * Sends a client, in their order, the frames of the ring that it has not seen, as quickly as it takes them. Meanwhile the ring
 * goes on to fill: the replay ends when it has caught up with it.
 */
export class Replay {
  private readonly seen: number[];
  private readonly generation: number;
  private number: number;

  constructor(private readonly o: ReplayOptions) {
    this.seen = [...o.since];
    this.generation = o.ring.generation;
    this.number = o.ring.seek(o.since);
  }

  async run(): Promise<ReplayOutcome> {
    const { client, ring } = this.o;
    for (;;) {
      if (client.closed) return 'closed';
      if (this.lost) return 'evicted';
      while (this.number < ring.end && client.buffered < ENOUGH) this.step();
      if (this.number >= ring.end) break;
      await client.drained();
    }
    this.o.onEnd();
    return 'done';
  }

  private get lost(): boolean {
    const { ring } = this.o;
    return this.generation !== ring.generation || this.number < ring.first;
  }

  private step(): void {
    const { client, ring } = this.o;
    const entry = ring.at(this.number);
    this.number += 1;
    if (!entry || entry.offset < (this.seen[entry.partition] ?? 0)) return;
    this.seen[entry.partition] = entry.offset + 1;
    this.o.memberships?.learn(entry);
    if (this.isFor(entry)) client.send(relayedFrame(idIn(ring, this.seen, client.partial), entry.body));
  }

  private isFor({ audience, audienceId, exceptUserId, version, asOf }: RingEntry): boolean {
    const { client, memberships, conversationsOnly } = this.o;
    if (exceptUserId === client.user.id) return false;
    if (audience === 'USER') return !conversationsOnly && audienceId === client.user.id;
    return memberships?.includes(audienceId, version, asOf) ?? false;
  }
}
