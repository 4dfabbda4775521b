import type { ChatClient } from './client.js';
import { Marks } from './marks.js';
import type { People } from './people.js';
import { type Looks, memberLine, messageLine } from './view.js';
import type { Conversation, Member, Message, Watermark } from './views.js';

export interface RoomParts {
  client: ChatClient;
  people: People;
  looks: Looks;
  print(line: string): void;
}

const FIRST_MESSAGES = 20;

/** The conversation that is open: each of its messages is shown once, in their order, and is then read. */
export class Room {
  /** The newest message that is shown. */
  private shown = 0;
  private readonly ids = new Map<number, string>();
  private readonly marks: Marks;

  constructor(
    readonly conversation: Conversation,
    private readonly parts: RoomParts,
  ) {
    this.marks = new Marks(parts.client.me.id);
  }

  get id(): string {
    return this.conversation.id;
  }

  /** Shows what was said last. */
  async enter(): Promise<void> {
    const { client, people } = this.parts;
    people.learn((await client.members(this.id)).map(({ user }) => user));
    await this.show(await client.newest(this.id, FIRST_MESSAGES));
  }

  /** Takes a message that has just come; where others before it have not, those are asked for. */
  async take(message: Message): Promise<void> {
    if (message.seq === this.shown + 1) await this.show([message]);
    else if (message.seq > this.shown) await this.catchUp();
  }

  /** Shows what has been said since. */
  async catchUp(): Promise<void> {
    await this.show(await this.parts.client.after(this.id, this.shown));
  }

  /** @throws Error where no such message was shown */
  messageId(seq: number): string {
    const id = this.ids.get(seq);
    if (id === undefined) throw new NotShown(seq);
    return id;
  }

  /** Tells what others have got and read. */
  tell(watermarks: readonly Watermark[]): void {
    const { people, looks, print } = this.parts;
    for (const { userId, state, seq } of this.marks.moved(watermarks)) {
      const words =
        state === 'read' ? `\u2713\u2713 read by ${people.name(userId)}` : `\u2713 delivered to ${people.name(userId)}`;
      print(looks.style.dim(`${words} (#${seq})`));
    }
  }

  async who(): Promise<string[]> {
    const { client, looks } = this.parts;
    const members = await client.members(this.id);
    const others = members.map(({ user }) => user.id).filter((id) => id !== client.me.id);
    const presences = others.length > 0 ? await client.presence(others) : [];
    const stateOf = ({ user }: Member) => presences.find(({ userId }) => userId === user.id);
    return members.map((member) => memberLine(member, stateOf(member), looks));
  }

  private async show(messages: readonly Message[]): Promise<void> {
    const { client, people, looks, print } = this.parts;
    const fresh = messages.filter(({ seq }) => seq > this.shown);
    for (const message of fresh) {
      people.learn([message.sender]);
      this.ids.set(message.seq, message.id);
      this.shown = message.seq;
      if (message.sender.id === client.me.id && message.type !== 'SYSTEM') this.marks.said(message.seq);
      print(messageLine(message, looks));
    }
    if (fresh.some(({ sender }) => sender.id !== client.me.id)) await client.markRead(this.id, this.shown);
  }
}

/** There is no message of that number on the screen. */
export class NotShown extends Error {
  override readonly name = 'NotShown';

  constructor(seq: number) {
    super(`There is no #${seq} here.`);
  }
}
