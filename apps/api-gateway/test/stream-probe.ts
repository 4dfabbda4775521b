import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';

export interface SeenFrame {
  id?: string;
  type: string;
  re?: string | null;
  time: string;
  data: Record<string, unknown>;
}

const OWN = new Set(['ready', 'resync', 'cursor', 'ack', 'error']);

/** A client of the stream that remembers all it saw. */
export class StreamProbe {
  readonly socket: WebSocket;
  /** Everything, in the order in which it came. */
  readonly all: SeenFrame[] = [];
  /** Resolves with the close code and its reason. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** Resolves with the status and body of the answer to an upgrade that was refused. */
  readonly refused: Promise<{ status: number; headers: Record<string, unknown>; body: string }>;
  private readonly lookers = new Set<() => void>();

  constructor(url: string, { headers, protocols = [] }: { headers?: Record<string, string>; protocols?: string[] }) {
    this.socket = new WebSocket(url, protocols, { headers });
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data) => this.take(String(data)));
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    this.refused = new Promise((resolve) => {
      this.socket.once('unexpected-response', (_request, answer) => {
        let body = '';
        answer.on('data', (piece) => {
          body += String(piece);
        });
        answer.once('end', () => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
          this.socket.terminate();
        });
      });
    });
  }

  /** The frames that came from services. */
  get frames(): SeenFrame[] {
    return this.all.filter(({ type }) => !OWN.has(type));
  }

  /** The last place to resume from. */
  get lastId(): string | undefined {
    return this.all.findLast(({ id }) => id !== undefined)?.id;
  }

  /** The first frame of a type, or the answer with such a `re`, once it is there. */
  next(type: string): Promise<SeenFrame> {
    return this.until(() => this.all.find((frame) => frame.type === type || frame.re === type));
  }

  /** Resolves with what `look` finds, once it finds something. */
  until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const again = () => {
        const found = look();
        if (found === undefined) return;
        this.lookers.delete(again);
        resolve(found);
      };
      this.lookers.add(again);
      void this.closed.then(({ code, reason }) => reject(new Error(`closed with ${code} ${reason}`)));
      again();
    });
  }

  /** Sends a command and gives its answer. */
  async command(type: string, data: object = {}, id: string = randomUUID()): Promise<SeenFrame> {
    await this.opened();
    this.socket.send(JSON.stringify({ id, type, data }));
    return this.next(id);
  }

  /** Sends text as it stands. */
  async say(text: string | Buffer): Promise<void> {
    await this.opened();
    this.socket.send(text);
  }

  async opened(): Promise<void> {
    if (this.socket.readyState !== this.socket.CONNECTING) return;
    await new Promise((resolve) => this.socket.once('open', resolve));
  }

  /** Goes away without a word. */
  terminate(): void {
    this.socket.terminate();
  }

  private take(text: string): void {
    this.all.push(JSON.parse(text));
    for (const look of this.lookers) look();
  }
}
