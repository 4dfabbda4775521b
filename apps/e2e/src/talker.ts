import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type Actor, eventually } from '@plaza/testing';

/** What a client reads on the stream. */
export interface SeenFrame {
  id?: string;
  type: string;
  /** Of an answer: the command's id. */
  re?: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into is up to the test
  data: any;
}

/** The connection was lost before the answer came. */
export class Lost extends Error {
  override readonly name = 'Lost';
}

const OWN = new Set(['ready', 'resync', 'cursor', 'ack', 'error']);

/** One of a person's open clients. It remembers all it was sent, over all its connections, and resumes where it is told to. */
export class Talker {
  /** Everything, in the order in which it came. */
  readonly all: SeenFrame[] = [];
  /** Told of each frame as it comes. */
  onFrame: (frame: SeenFrame) => void = () => undefined;
  private socket: WebSocket | undefined;
  private since: string | undefined;
  private readonly waiting = new Map<string, (frame: SeenFrame | undefined) => void>();

  constructor(
    readonly actor: Actor,
    /** Of the gateway. */
    private readonly url: string = actor.client.baseUrl,
  ) {}

  static async open(actor: Actor, url?: string): Promise<Talker> {
    const talker = new Talker(actor, url);
    await talker.connect();
    return talker;
  }

  get id(): string {
    return this.actor.id;
  }

  /** What services have told. */
  get frames(): SeenFrame[] {
    return this.all.filter(({ type }) => !OWN.has(type));
  }

  get isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** Connects, from the last frame on if there was one, and gives the gateway's greeting. @throws Lost */
  async connect(url = this.url): Promise<SeenFrame> {
    const query = this.since === undefined ? '' : `?since=${encodeURIComponent(this.since)}`;
    const { accessToken } = this.actor.session;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/stream${query}`, ['plaza.v1', accessToken]);
    this.socket = socket;
    const ready = this.answerTo('ready');
    socket.addEventListener('message', ({ data }) => this.take(socket, JSON.parse(String(data))));
    socket.addEventListener('close', () => this.lose(socket));
    return ready;
  }

  /** Has a command carried out; gives the answer. @throws Lost */
  command(type: string, data: object = {}): Promise<SeenFrame> {
    const { socket } = this;
    if (!socket || !this.isOpen) throw new Lost(type);
    const id = randomUUID();
    const answer = this.answerTo(id);
    socket.send(JSON.stringify({ id, type, data }));
    return answer;
  }

  /** Sends a text; gives the answer. @throws Lost */
  say(conversationId: string, content: string, clientId: string = randomUUID()): Promise<SeenFrame> {
    return this.command('message.send', { conversationId, content, clientId });
  }

  /** The first frame of this type whose data are so, once it is there. */
  next(type: string, wanted: (data: SeenFrame['data']) => boolean = () => true): Promise<SeenFrame> {
    return eventually(() => {
      const found = this.frames.find((frame) => frame.type === type && wanted(frame.data));
      if (!found) throw new Error(`no such ${type} among ${JSON.stringify(this.frames)}`);
      return found;
    });
  }

  /** The messages that it was told of, in the order in which it was. */
  messagesIn(conversationId: string): Array<{ id: string; seq: number; content: string | null }> {
    const sent = this.frames.filter(
      ({ type, data }) => type === 'message.sent' && data.conversationId === conversationId,
    );
    return sent.map(({ data: { id, seq, content } }) => ({ id, seq, content }));
  }

  /** Resolves when the connection has ended, whoever ended it. */
  async lost(): Promise<void> {
    if (this.socket && this.socket.readyState !== WebSocket.CLOSED) await once(this.socket, 'close');
  }

  async close(): Promise<void> {
    this.socket?.close();
    await this.lost();
  }

  private answerTo(key: string): Promise<SeenFrame> {
    return new Promise((resolve, reject) => {
      this.waiting.set(key, (frame) => {
        this.waiting.delete(key);
        if (frame) resolve(frame);
        else reject(new Lost(key));
      });
    });
  }

  private take(socket: WebSocket, frame: SeenFrame): void {
    if (this.socket !== socket) return;
    this.all.push(frame);
    this.since = frame.id ?? this.since;
    this.onFrame(frame);
    this.waiting.get(frame.re ?? frame.type)?.(frame);
  }

  private lose(socket: WebSocket): void {
    if (this.socket === socket) for (const answer of [...this.waiting.values()]) answer(undefined);
  }
}
