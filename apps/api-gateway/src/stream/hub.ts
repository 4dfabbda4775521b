import type { BroadcastPosition } from '@plaza/kafka';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { Audience } from './audience.js';
import { Buffers } from './buffers.js';
import { type Connected, StreamClient } from './client.js';
import { CLOSE, type CloseCode } from './close-codes.js';
import { CommandQueue } from './command-queue.js';
import type { Commands } from './commands.js';
import type { ConnectionFacts } from './connection-facts.js';
import type { Conversations } from './conversations.js';
import type { Vector } from './frame-id.js';
import { type FrameRecord, FrameRing, type RingBounds, type RingEntry } from './ring.js';
import { idIn, ownFrame, relayedFrame } from './server-frames.js';
import { Sessions } from './session.js';
import type { StreamMetrics } from './stream-metrics.js';
import { TokenBucket } from './token-bucket.js';

export interface HubBounds {
  ring: RingBounds;
  /** Bytes that clients have not taken yet. */
  buffers: { each: number; all: number };
  /** Frames that a client may send. */
  commands: { perSecond: number; burst: number };
}

export interface HubParts {
  bounds: HubBounds;
  /** Where the consumer of stream.frame stands. */
  position(): BroadcastPosition | undefined;
  conversations: Conversations;
  commands: Pick<Commands, 'run'>;
  facts: ConnectionFacts;
  metrics: StreamMetrics;
  logger: Logger;
}

/** How long a client that comes from another gateway may wait for this one to have read as much. */
const REACH_MS = 2_000;
/** How long a client that was refused may take to read why. */
const REFUSING_MS = 3_000;

/** The open sockets of this gateway, and what they are sent. */
export class StreamHub {
  readonly audience = new Audience();
  private readonly ring: FrameRing;
  private readonly buffers: Buffers<StreamClient>;
  private readonly sessions: Sessions;
  private readonly queues = new Map<StreamClient, CommandQueue>();
  private readonly waiters = new Set<() => void>();
  private losses = -1;
  private ending = false;
  private onEmpty: (() => void) | undefined;

  constructor(private readonly parts: HubParts) {
    this.ring = new FrameRing(parts.bounds.ring);
    this.buffers = new Buffers(
      parts.bounds.buffers,
      () => this.audience.clients,
      () => this.relieve(),
    );
    this.sessions = new Sessions({
      ...parts,
      ring: this.ring,
      audience: this.audience,
      reached: (vector) => this.reached(vector),
      began: (how) => parts.metrics.began(how),
    });
  }

  /** Everything that was in the log when this process began to read has been taken in, so clients can resume here. */
  get ready(): boolean {
    const position = this.parts.position();
    return (
      !this.ending && position !== undefined && position.partitions.every(({ next, beginEnd }) => next >= beginEnd)
    );
  }

  get draining(): boolean {
    return this.ending;
  }

  get state() {
    return {
      connections: this.audience.clients.size,
      users: this.audience.userCount,
      ringFrames: this.ring.size,
      ringBytes: this.ring.bytes,
      bufferedBytes: this.buffers.total,
    };
  }

  /** Takes in a record of stream.frame and sends it to those of its audience that are connected here. */
  take(record: FrameRecord): void {
    this.follow();
    const entry = this.ring.take(record, Date.now());
    if (entry) this.deliver(entry);
    for (const look of this.waiters) look();
  }

  /** Takes over a socket whose user is known. */
  connect(socket: WebSocket, connected: Connected, since: string | undefined): StreamClient {
    this.follow();
    const client = new StreamClient(socket, connected, this.buffers as Buffers);
    const { perSecond, burst } = this.parts.bounds.commands;
    const bucket = new TokenBucket(perSecond, burst, client.openedAt);
    const run: Commands['run'] = (who, command) => this.run(who, command);
    this.audience.add(client);
    this.queues.set(client, new CommandQueue(client, { bucket, run }));
    this.parts.facts.opened(client);
    this.listen(client);
    void this.begin(client, since);
    return client;
  }

  /** Ends a socket whose token was refused. */
  refuse(socket: WebSocket, { code, reason, requestId }: { code: CloseCode; reason: string; requestId: string }): void {
    socket.on('error', (err) => this.parts.logger.debug({ err, requestId }, 'a refused socket broke'));
    // Whatever it sends meanwhile is read by nobody.
    socket.close(code, reason);
    setTimeout(() => socket.terminate(), REFUSING_MS).unref();
    this.parts.metrics.closed(code);
    this.parts.logger.info({ route: '/v1/stream', code, reason, requestId });
  }

  /** The place to resume from for a client that has got everything so far. */
  idFor(client: StreamClient): string | undefined {
    return client.live ? idIn(this.ring, this.ring.next, client.partial) : undefined;
  }

  /** Tells a client, now and then, the place to resume from: of one that gets no frames the last id would grow too old. */
  tellCursor(client: StreamClient, now: number): void {
    const id = this.idFor(client);
    if (id === undefined || id === client.told) return;
    Object.assign(client, { told: id, toldAt: now });
    client.send(ownFrame('cursor', id));
  }

  /** Looks after what no record or socket brings about. */
  tidy(now: number): void {
    this.follow();
    this.ring.expire(now);
    this.buffers.recount();
  }

  /** Answers what it has begun to answer and ends all sockets; takes no new ones. */
  async drain(): Promise<void> {
    this.ending = true;
    await Promise.all([...this.queues].map(([client, queue]) => this.dismiss(client, queue)));
  }

  /** Resolves when no socket is left. */
  empty(): Promise<void> {
    return new Promise((resolve) => {
      if (this.audience.clients.size === 0) return resolve();
      this.onEmpty = resolve;
    });
  }

  /** Ends those that are still there. */
  cutOff(): void {
    for (const client of this.audience.clients) client.terminate();
  }

  private async dismiss(client: StreamClient, queue: CommandQueue): Promise<void> {
    await queue.stop();
    client.close(CLOSE.RESTART, 'RESTART');
  }

  private async begin(client: StreamClient, since: string | undefined): Promise<void> {
    try {
      await this.sessions.begin(client, since);
    } catch (err) {
      this.parts.logger.error({ err, connectionId: client.connectionId }, 'a client could not be served');
      client.terminate();
    }
  }

  private run(...[client, command]: Parameters<Commands['run']>): ReturnType<Commands['run']> {
    this.parts.metrics.received();
    return this.parts.commands.run(client, command);
  }

  private listen(client: StreamClient): void {
    const { socket } = client;
    const heard = () => {
      client.heardAt = Date.now();
    };
    socket.on('pong', heard);
    // ws closes by itself what breaks the protocol; the code says enough.
    socket.on('error', (err) => this.parts.logger.debug({ err, connectionId: client.connectionId }, 'a socket broke'));
    socket.once('close', (code) => this.closed(client, client.endedWith ?? code));
  }

  private closed(client: StreamClient, code: number): void {
    this.audience.remove(client);
    this.buffers.forget(client);
    this.queues.delete(client);
    this.parts.facts.closed(client);
    this.parts.metrics.closed(code);
    if (this.audience.clients.size === 0) this.onEmpty?.();
    const { connectionId, requestId, user, openedAt, sent, received } = client;
    const ms = Date.now() - openedAt;
    this.parts.logger.info({ route: '/v1/stream', code, connectionId, requestId, userId: user.id, ms, sent, received });
  }

  private deliver(entry: RingEntry): void {
    const full = new LazyFrame(() => idIn(this.ring, this.ring.next, false), entry.body);
    const partial = new LazyFrame(() => idIn(this.ring, this.ring.next, true), entry.body);
    let sent = 0;
    for (const client of this.audience.of(entry)) {
      const { id, buffer } = (client.partial ? partial : full).made;
      client.told = id;
      client.toldAt = entry.receivedAt;
      client.send(buffer);
      sent += 1;
    }
    if (sent > 0) this.parts.metrics.sent(sent);
  }

  /** Sees whether Kafka has given it other logs to read: what was kept is then worth nothing. */
  private follow(): void {
    const position = this.parts.position();
    if (!position) return;
    if (position.losses === this.losses) this.ring.extend(position);
    else this.beginAnew(position);
  }

  private beginAnew(position: BroadcastPosition): void {
    const first = this.losses < 0;
    this.losses = position.losses;
    this.ring.begin(position);
    if (!first) for (const client of this.audience.clients) if (client.live) this.resync(client);
  }

  private resync(client: StreamClient): void {
    client.send(ownFrame('resync', idIn(this.ring, this.ring.next, client.partial)));
  }

  private reached(vector: Vector): Promise<boolean> {
    if (this.ring.hasReached(vector)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (reached: boolean) => {
        clearTimeout(timer);
        this.waiters.delete(look);
        resolve(reached);
      };
      const look = () => this.ring.hasReached(vector) && end(true);
      const timer = setTimeout(() => end(false), REACH_MS);
      this.waiters.add(look);
    });
  }

  private relieve(): void {
    for (const client of this.buffers.excess()) {
      if (!client.closed) client.close(CLOSE.TOO_SLOW, 'TOO_SLOW');
      else {
        // It had its chance to read why; what it holds is needed now.
        client.terminate();
        this.buffers.forget(client);
      }
    }
  }
}

/** A frame that is put together once, if anybody gets it. */
class LazyFrame {
  private frame: { id: string; buffer: Buffer } | undefined;

  constructor(
    private readonly idOf: () => string,
    private readonly body: string,
  ) {}

  get made(): { id: string; buffer: Buffer } {
    if (this.frame) return this.frame;
    const id = this.idOf();
    this.frame = { id, buffer: relayedFrame(id, this.body) };
    return this.frame;
  }
}
