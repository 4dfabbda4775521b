import type { RawData, WebSocket } from 'ws';
import { type CommandAnswer, failure } from './answers.js';
import type { StreamClient } from './client.js';
import { CLOSE } from './close-codes.js';
import { type CommandFrame, type FrameProblem, readCommandFrame } from './command-frame.js';
import type { TokenBucket } from './token-bucket.js';

export interface CommandQueueParts {
  bucket: TokenBucket;
  run(client: StreamClient, command: CommandFrame): Promise<CommandAnswer>;
}

/** So many commands may wait; then the socket is not read until there are fewer. */
const MOST_WAITING = 32;
const FEW_WAITING = 8;

/** The commands of one client, one after the other, so that their answers and effects keep their order. */
export class CommandQueue {
  private readonly waiting: Array<CommandFrame | FrameProblem> = [];
  private working: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly client: StreamClient,
    private readonly parts: CommandQueueParts,
  ) {
    client.socket.on('message', (data, isBinary) => this.take(data, isBinary));
  }

  /** Begins no further command; resolves when the one that is under way has been answered. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.working;
  }

  private take(data: RawData, isBinary: boolean): void {
    const { client } = this;
    client.heardAt = Date.now();
    client.received += 1;
    if (client.closed || this.stopped) return;
    if (!this.parts.bucket.take(client.heardAt)) client.close(CLOSE.TOO_MANY, 'TOO_MANY_FRAMES');
    else if (isBinary) client.close(CLOSE.BINARY, 'BINARY_FRAME');
    else this.enqueue(data);
  }

  private enqueue(data: RawData): void {
    this.waiting.push(readCommandFrame(String(data)));
    if (this.waiting.length >= MOST_WAITING) this.socket.pause();
    this.working ??= this.work();
  }

  private async work(): Promise<void> {
    for (let next = this.waiting.shift(); next && !this.stopped && !this.client.closed; next = this.waiting.shift()) {
      const answer = await this.answer(next);
      this.client.send(Buffer.from(JSON.stringify(answer)));
      if (this.socket.isPaused && this.waiting.length <= FEW_WAITING) this.socket.resume();
    }
    this.working = undefined;
  }

  private async answer(frame: CommandFrame | FrameProblem): Promise<CommandAnswer> {
    if (!('problem' in frame)) return this.parts.run(this.client, frame);
    return failure(frame.re, { code: 'FRAME_MALFORMED', status: 400, detail: frame.problem });
  }

  private get socket(): WebSocket {
    return this.client.socket;
  }
}
