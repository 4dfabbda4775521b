import type { ChatClient } from './client.js';
import type { People } from './people.js';
import { printableLines } from './printable.js';
import type { Room } from './room.js';
import type { Frame } from './stream.js';
import { elsewhereLine, emotionsOf, type Looks, presenceLine, typingLine } from './view.js';
import type { Message, Presence, Watermark } from './views.js';

export interface IncomingParts {
  client: ChatClient;
  people: People;
  looks: Looks;
  /** The one that is open. */
  room(): Room | undefined;
  print(line: string): void;
}

interface InConversation {
  conversationId: string;
}

/** What the frames of each kind hold, as far as a chat shows them. */
interface FrameData {
  'message.sent': Message;
  'message.edited': Message;
  'message.deleted': InConversation & { seq: number };
  'message.reacted': InConversation & { seq: number; userId: string; emotions: Record<string, number> };
  'message.delivered': InConversation & { watermarks: Watermark[] };
  'message.read': InConversation & { watermarks: Watermark[] };
  'typing.started': InConversation & { userId: string };
  'presence.changed': Presence;
  'notification.created': { title: string };
}

type Handlers = { [Type in keyof FrameData]: (data: FrameData[Type]) => void | Promise<void> };

/** Who is still typing is told again and again: once is enough for as long. */
const TYPING_MS = 6_000;

/** Shows what comes on the stream. */
export class Incoming {
  private readonly present = new Map<string, string>();
  private readonly typists = new Map<string, number>();

  constructor(private readonly parts: IncomingParts) {}

  /** Does nothing about frames that a chat does not show. */
  async take({ type, data }: Frame): Promise<void> {
    // Each kind of frame comes with the data that its handler takes.
    if (isShown(type, this.handlers)) await (this.handlers[type] as (data: unknown) => void | Promise<void>)(data);
  }

  private readonly handlers: Handlers = {
    'message.sent': (message) => this.onMessage(message),
    'message.edited': (message) =>
      this.note(message, `#${message.seq} is now: ${printableLines(message.content ?? '')}`),
    'message.deleted': (gone) => this.note(gone, `#${gone.seq} was deleted`),
    'message.reacted': (reacted) => this.onReaction(reacted),
    'message.delivered': (moved) => this.roomOf(moved)?.tell(moved.watermarks),
    'message.read': (moved) => this.roomOf(moved)?.tell(moved.watermarks),
    'typing.started': (typing) => this.onTyping(typing),
    'presence.changed': (presence) => this.onPresence(presence),
    'notification.created': ({ title }) => this.dim(`! ${printableLines(title)}`),
  };

  private async onMessage(message: Message): Promise<void> {
    const { client, people, looks, print } = this.parts;
    people.learn([message.sender]);
    this.typists.delete(message.sender.id);
    const room = this.roomOf(message);
    if (room) return room.take(message);
    if (message.sender.id === client.me.id) return;
    await client.acknowledge(message.conversationId, message.id);
    print(elsewhereLine(await client.conversation(message.conversationId), message, looks));
  }

  private onReaction({ userId, seq, emotions, ...where }: FrameData['message.reacted']): void {
    const { people } = this.parts;
    this.note(where, `${people.name(userId)} reacted to #${seq}, now: ${emotionsOf(emotions) || 'nothing'}`);
  }

  private onTyping({ userId, ...where }: FrameData['typing.started']): void {
    const now = Date.now();
    const before = this.typists.get(userId) ?? 0;
    this.typists.set(userId, now);
    const { people, looks, print } = this.parts;
    if (this.roomOf(where) && now - before > TYPING_MS) print(typingLine(people.name(userId), looks));
  }

  private onPresence(presence: Presence): void {
    const { client, people, looks, print } = this.parts;
    const { userId, status } = presence;
    if (userId === client.me.id || !people.knows(userId) || this.present.get(userId) === status) return;
    this.present.set(userId, status);
    print(presenceLine(people.name(userId), presence, looks));
  }

  private roomOf({ conversationId }: InConversation): Room | undefined {
    const room = this.parts.room();
    return room?.id === conversationId ? room : undefined;
  }

  private note(where: InConversation, words: string): void {
    if (this.roomOf(where)) this.dim(words);
  }

  private dim(words: string): void {
    this.parts.print(this.parts.looks.style.dim(words));
  }
}

function isShown(type: string, handlers: Handlers): type is keyof FrameData {
  return Object.hasOwn(handlers, type);
}
