import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { SessionOver } from './api.js';
import { backoff } from './backoff.js';

/** What comes on the stream: something that happened, or the answer to a command. */
export interface Frame {
  /** The place to resume from. */
  id?: string;
  type: string;
  /** Of an answer: the id of its command. */
  re?: string | null;
  time: string;
  data: Record<string, unknown>;
}

/**
 * `resumed`: nothing was missed; `anew`: there is no telling what was; `lost`: it is being tried again; `over`: the session
 * has ended, and nothing will come any more.
 */
export type StreamState = 'resumed' | 'anew' | 'lost' | 'over';

export interface StreamParts {
  /** Of the gateway. */
  url: string;
  /** Where an earlier stream ended: what has happened since comes first. */
  since?: string;
  /** How often it is made sure that somebody is there still, in ms. */
  listensEvery?: number;
  /** An access token; `anew`: the last one was refused. @throws SessionOver */
  token(anew: boolean): Promise<string>;
  onFrame(frame: Frame): void;
  onState(state: StreamState): void;
}

/** The command may have been carried out or not: the connection was lost before its answer came. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

interface Command {
  answered(frame: Frame): void;
  lost(): void;
}

const CODE = { UNAUTHENTICATED: 4401, REVOKED: 4403 };
const ANSWERED_WITHIN_MS = 15_000;
const LISTENS_EVERY_MS = 20_000;

/** What happens, as if the connection never ended: it is made again, and what was missed meanwhile comes then. */
export class Stream {
  private socket: WebSocket | undefined;
  private state: StreamState | undefined;
  private since: string | undefined;
  /** The token that the gateway knows. */
  private shown: string | undefined;
  private tries = 0;
  private tokenRefused = false;
  private readonly commands = new Map<string, Command>();
  private readonly ending = new AbortController();
  /** Gives up the socket without waiting for the other side. */
  private drop: () => void = () => undefined;

  constructor(private readonly parts: StreamParts) {
    this.since = parts.since;
  }

  /** Up to where everything has been taken in. */
  get place(): string | undefined {
    return this.since;
  }

  /** Whether commands can be given. */
  get isReady(): boolean {
    return this.state === 'resumed' || this.state === 'anew';
  }

  /** Connects again and again until it is closed or the session is over. */
  async run(): Promise<void> {
    const listening = setInterval(() => void this.listen(), this.parts.listensEvery ?? LISTENS_EVERY_MS);
    while (!this.ending.signal.aborted) await this.connect();
    clearInterval(listening);
  }

  close(): void {
    this.ending.abort();
    this.socket?.close();
    this.drop();
  }

  /** Has a command carried out and gives its answer, `ack` or `error`. @throws ConnectionLost */
  command(type: string, data: object): Promise<Frame> {
    const { socket } = this;
    if (!socket || !this.isReady) return Promise.reject(new ConnectionLost());
    const id = randomUUID();
    socket.send(JSON.stringify({ id, type, data }));
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => this.drop(), ANSWERED_WITHIN_MS);
      const settle = (how: () => void) => {
        clearTimeout(late);
        this.commands.delete(id);
        how();
      };
      this.commands.set(id, {
        answered: (frame) => settle(() => resolve(frame)),
        lost: () => settle(() => reject(new ConnectionLost())),
      });
    });
  }

  private async connect(): Promise<void> {
    const token = await this.tokenIfAny();
    if (token !== undefined && !this.ending.signal.aborted) await this.useSocket(token);
    if (this.ending.signal.aborted) return;
    this.turn('lost');
    this.tries += 1;
    await pause(backoff(this.tries, Math.random()), undefined, { signal: this.ending.signal }).catch(ignoreEnd);
  }

  /** Undefined where the platform does not answer now, or the session is over. */
  private async tokenIfAny(): Promise<string | undefined> {
    try {
      return await this.parts.token(this.tokenRefused);
    } catch (error) {
      // Anything else has no other remedy than another try.
      if (error instanceof SessionOver) this.end();
      return undefined;
    }
  }

  private async useSocket(token: string): Promise<void> {
    const query = this.since === undefined ? '' : `?since=${encodeURIComponent(this.since)}`;
    const url = `${this.parts.url.replace(/^http/, 'ws')}/v1/stream${query}`;
    const socket = new WebSocket(url, ['plaza.v1', token]);
    this.socket = socket;
    this.shown = token;
    socket.addEventListener('message', ({ data }) => this.take(socket, JSON.parse(String(data))));
    const code = await this.closeCodeOf(socket);
    this.socket = undefined;
    for (const { lost } of [...this.commands.values()]) lost();
    this.tokenRefused = code === CODE.UNAUTHENTICATED;
    if (code === CODE.REVOKED) this.end();
  }

  private closeCodeOf(socket: WebSocket): Promise<number | undefined> {
    return new Promise((resolve) => {
      socket.addEventListener('close', ({ code }) => resolve(code));
      this.drop = () => {
        socket.close();
        resolve(undefined);
      };
    });
  }

  private take(socket: WebSocket, frame: Frame): void {
    if (this.socket !== socket) return;
    if (frame.re) this.commands.get(frame.re)?.answered(frame);
    else if (frame.type === 'ready') this.begin(frame.data.resumed === true);
    else if (frame.type === 'resync') this.turn('anew');
    else if (frame.type !== 'cursor') this.parts.onFrame(frame);
    // Only now: what has not been taken in is to come again.
    this.since = frame.id ?? this.since;
  }

  private begin(resumed: boolean): void {
    this.tries = 0;
    this.turn(resumed ? 'resumed' : 'anew');
  }

  private turn(state: StreamState): void {
    if (state === 'lost' && this.state === 'lost') return;
    this.state = state;
    this.parts.onState(state);
  }

  private end(): void {
    this.ending.abort();
    this.turn('over');
  }

  /**
   * A connection that has silently died is found out by a question that is not answered; where the token has got a successor
   * the question is whether to go on with that one.
   */
  private async listen(): Promise<void> {
    const token = this.isReady ? await this.tokenIfAny() : undefined;
    if (token === undefined) return;
    const [type, data] = token === this.shown ? ['ping', {}] : ['auth', { token }];
    this.shown = token;
    await this.command(type, data).catch(ignoreLoss);
  }
}

function ignoreLoss(error: unknown): void {
  if (!(error instanceof ConnectionLost)) throw error;
}

function ignoreEnd(error: Error): void {
  if (error.name !== 'AbortError') throw error;
}
