import { type Api, Refused, SessionOver } from './api.js';
import { ChatClient } from './client.js';
import { Incoming } from './incoming.js';
import { HELP, type Input, readInput } from './line.js';
import { People } from './people.js';
import { NotShown, Room } from './room.js';
import type { StreamState } from './stream.js';
import { conversationLine, type Looks, titleOf } from './view.js';
import type { Conversation } from './views.js';

export interface ChatParts {
  looks: Looks;
  print(line: string): void;
}

const TYPING_EVERY_MS = 3_000;
const SENT_WITHIN_MS = 10_000;

type ForRoom = Extract<Input, { do: (typeof FOR_ROOM)[number] }>;
const FOR_ROOM = ['say', 'who', 'react', 'edit', 'delete'] as const;

/** Does what is typed and shows what comes: one thing after the other, in the order in which it came. */
export class Chat {
  readonly client: ChatClient;
  private readonly people = new People();
  private listed: Conversation[] = [];
  private room: Room | undefined;
  private typingTold = 0;
  private hasBegun = false;
  /** All that was begun so far; nothing begins before there is a connection. */
  private turns: Promise<void>;
  private begin: () => void = () => undefined;

  constructor(
    api: Api,
    private readonly parts: ChatParts,
  ) {
    const { people } = this;
    this.client = new ChatClient(api, {
      onFrame: (frame) => void this.turn(() => incoming.take(frame)),
      onState: (state) => this.onState(state),
      onRefused: ({ content }, { detail }) => this.complain(`Not sent (${content}): ${detail}`),
    });
    const incoming = new Incoming({ ...parts, client: this.client, people, room: () => this.room });
    this.turns = new Promise((resolve) => {
      this.begin = resolve;
    });
    void this.turn(() => this.list());
  }

  /** Runs until it is closed, or its session is over. */
  async run(): Promise<void> {
    await this.client.run();
    // Whoever waits for a turn gets it, and is told that there is no connection.
    this.begin();
  }

  /** Does what a line says; true when it says that this is the end. */
  async typed(line: string): Promise<boolean> {
    const input = readInput(line);
    if (input.do === 'quit') return true;
    await this.turn(() => this.obey(input));
    return false;
  }

  /** Somebody is at the keys. */
  async typing(): Promise<void> {
    const now = Date.now();
    if (!this.room || now - this.typingTold < TYPING_EVERY_MS) return;
    this.typingTold = now;
    await this.client.typing(this.room.id);
  }

  /** Ends when what was said is sent, or does not get sent in time: then false. */
  async finish(): Promise<boolean> {
    await this.turns;
    const late = new Promise<void>((resolve) => setTimeout(resolve, SENT_WITHIN_MS).unref());
    await Promise.race([this.client.sent(), late]);
    this.client.close();
    return this.client.unsentCount === 0;
  }

  private turn(work: () => void | Promise<void>): Promise<void> {
    this.turns = this.turns.then(work).catch((error: unknown) => this.complain(wordsFor(error)));
    return this.turns;
  }

  private async obey(input: Input): Promise<void> {
    if (input.do === 'help') this.printAll(HELP);
    if (input.do === 'list') await this.list();
    if (input.do === 'with') await this.open(await this.client.direct(input.username));
    if (input.do === 'group') await this.open(await this.client.group(input.name, input.usernames));
    if (input.do === 'open') await this.openListed(input.place);
    if (input.do === 'wrong') this.complain(input.why);
    if (isForRoom(input)) {
      if (this.room) await this.obeyIn(this.room, input);
      else this.complain('No conversation is open: /with USERNAME, or /list and /open N.');
    }
  }

  private async obeyIn(room: Room, input: ForRoom): Promise<void> {
    if (input.do === 'say') this.say(room, input.text);
    if (input.do === 'who') this.printAll(await room.who());
    if (input.do === 'react') await this.client.react(room.messageId(input.seq), input.emotion);
    if (input.do === 'edit') await this.client.edit(room.messageId(input.seq), input.text);
    if (input.do === 'delete') await this.client.delete(room.messageId(input.seq));
  }

  private say({ id }: Room, text: string): void {
    this.client.say(id, text);
    if (!this.client.isConnected) this.remark('(is sent when there is a connection again)');
  }

  private async list(): Promise<void> {
    const { looks } = this.parts;
    const [mine, requests] = await Promise.all([this.client.conversations(), this.client.requests()]);
    this.listed = [...mine.items, ...requests.items];
    for (const { participants } of this.listed) this.people.learn(participants);
    this.printAll(this.listed.map((conversation, index) => conversationLine(index + 1, conversation, looks)));
    if (this.listed.length === 0) this.remark('No conversations yet: /with USERNAME begins one.');
  }

  private async openListed(place: number): Promise<void> {
    const conversation = this.listed[place - 1];
    if (!conversation) return this.complain('The list has no such place: /list shows it.');
    await this.open(conversation);
  }

  private async open(conversation: Conversation): Promise<void> {
    const { client, people, parts } = this;
    people.learn(conversation.participants);
    this.remark(`--- ${titleOf(conversation, client.me.id)}`);
    this.room = new Room(conversation, { ...parts, client, people });
    await this.room.enter();
  }

  private onState(state: StreamState): void {
    if (state === 'lost') this.remark('There is no connection. It is tried again ...');
    else if (state === 'over') this.complain('The session has ended.');
    else if (this.hasBegun) this.goOn(state);
    else this.greet();
  }

  private goOn(state: 'resumed' | 'anew'): void {
    this.remark(state === 'resumed' ? 'Connected again; nothing was missed.' : 'Connected again.');
    if (state === 'anew') void this.turn(() => this.room?.catchUp());
  }

  private greet(): void {
    this.hasBegun = true;
    this.remark(`You are ${this.client.me.username}. /help says what you can do.`);
    this.begin();
  }

  private printAll(lines: readonly string[]): void {
    for (const line of lines) this.parts.print(line);
  }

  private remark(words: string): void {
    this.parts.print(this.parts.looks.style.dim(words));
  }

  private complain(words: string): void {
    this.parts.print(this.parts.looks.style.bad(words));
  }
}

function isForRoom(input: Input): input is ForRoom {
  return FOR_ROOM.some((one) => one === input.do);
}

/** @throws what is nobody's fault but ours */
function wordsFor(error: unknown): string {
  if (error instanceof Refused || error instanceof NotShown || error instanceof SessionOver) return error.message;
  const { name, message } = error as Error;
  if (message === 'fetch failed' || name === 'TimeoutError') return 'The platform does not answer now.';
  throw error;
}
