import { randomUUID } from 'node:crypto';
import type { TokenUser, VerifiedToken } from '@plaza/service-kit';
import type { WebSocket } from 'ws';
import type { Buffers } from './buffers.js';
import { CLOSE, type CloseCode } from './close-codes.js';

/** An access token in use. */
export interface ClientToken {
  readonly text: string;
  readonly verified: VerifiedToken;
}

export interface Connected {
  token: ClientToken;
  /** Of the client, as far as it is known. */
  address: string;
  /** Of the request that opened the socket. */
  requestId: string;
}

const TEXT = { binary: false, compress: false } as const;
/** A client that reads gets its close frame in that time; one that does not is not waited for. */
const CLOSING_MS = 3_000;

/** A socket that is open, and what the gateway knows of it. */
export class StreamClient {
  readonly connectionId = randomUUID();
  readonly openedAt = Date.now();
  readonly address: string;
  readonly requestId: string;
  token: ClientToken;
  /** Those that it is found by. */
  readonly conversations = new Set<string>();
  /** It has got what it had missed, and gets what comes. */
  live = false;
  /** Its conversations are known, and it is found by them. */
  knowsConversations = false;
  /** Its conversations could not be told yet: it gets what is for the user alone. */
  partial = false;
  /** The id that it was told last, and when. */
  told = '';
  toldAt = this.openedAt;
  /** When it was last heard of. */
  heardAt = this.openedAt;
  sent = 0;
  received = 0;
  /** Bytes, as counted last. */
  counted = 0;
  /** Why it was ended here, if it was. */
  endedWith: CloseCode | undefined;
  private closing = false;

  constructor(
    readonly socket: WebSocket,
    { token, address, requestId }: Connected,
    private readonly buffers: Buffers,
  ) {
    this.token = token;
    this.address = address;
    this.requestId = requestId;
  }

  get user(): TokenUser {
    return this.token.verified.user;
  }

  /** Nothing more is sent to it, nor heard of it. */
  get closed(): boolean {
    return this.closing || this.socket.readyState !== this.socket.OPEN;
  }

  /** Bytes that the client has not taken yet. */
  get buffered(): number {
    return this.socket.bufferedAmount;
  }

  /** Sends a frame, unless the client has too many waiting already: then that is its end. */
  send(frame: Buffer): void {
    if (this.closed) return;
    this.socket.send(frame, TEXT);
    this.sent += 1;
    if (this.buffers.grew(this) === 'too much') this.close(CLOSE.TOO_SLOW, 'TOO_SLOW');
  }

  /** Resolves when what was sent so far is taken, or the socket has ended. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.closed || this.buffered === 0) return resolve();
      this.socket.once('close', resolve);
      this.socket.ping('', false, () => {
        this.socket.off('close', resolve);
        resolve();
      });
    });
  }

  close(code: CloseCode, reason: string): void {
    if (this.closed) return;
    this.closing = true;
    this.endedWith = code;
    this.socket.resume();
    this.socket.close(code, reason);
    setTimeout(() => this.socket.terminate(), CLOSING_MS).unref();
  }

  /** Ends it without a word. */
  terminate(): void {
    this.closing = true;
    this.socket.terminate();
  }
}
