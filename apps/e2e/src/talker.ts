import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { FrameType } from '@plaza/contracts';
import { type Actor, eventually } from '@plaza/testing';
import type { Told } from './checker-chat.js';
import type { DataOf, FrameOf, SeenFrame, SeenType } from './seen-frames.js';

/** The connection was lost before the answer came. */
export class Lost extends Error {
  override readonly name = 'Lost';
}

const OWN = new Set<SeenType>(['ready', 'resync', 'cursor', 'ack', 'error']);

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

  /** Sends a text, and gives the message. @throws Lost, or what was answered instead */
  async tell(conversationId: string, content: string, clientId?: string): Promise<Told> {
    const { type, data } = await this.say(conversationId, content, clientId);
    if (type === 'ack' && data.id !== undefined && data.seq !== undefined) return { id: data.id, seq: data.seq };
    throw new Error(`message.send answered ${JSON.stringify(data)}`);
  }

  /** Sends a text; gives the answer. @throws Lost */
  say(conversationId: string, content: string, clientId: string = randomUUID()): Promise<SeenFrame> {
    return this.command('message.send', { conversationId, content, clientId });
  }

  /** The first frame of this type whose data are so, once it is there. */
  next<Type extends FrameType>(
    type: Type,
    wanted: (data: DataOf<Type>) => boolean = () => true,
  ): Promise<FrameOf<Type>> {
    return eventually(() => {
      const found = this.frames.filter((frame) => isOf(frame, type)).find(({ data }) => wanted(data));
      if (!found) throw new Error(`no such ${type} among ${JSON.stringify(this.frames)}`);
      return found;
    });
  }

  /** The messages that it was told of, in the order in which it was. */
  messagesIn(conversationId: string): Array<{ id: string; seq: number; content: string | null }> {
    const sent = this.all.filter((frame) => frame.type === 'message.sent');
    return sent.map(({ data }) => data).filter((message) => message.conversationId === conversationId);
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

function isOf<Type extends SeenType>(frame: SeenFrame, type: Type): frame is SeenFrame & FrameOf<Type> {
  return frame.type === type;
}
