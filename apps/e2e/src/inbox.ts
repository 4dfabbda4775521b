import type { Told } from './checker-chat.js';
import type { SeenFrame } from './seen-frames.js';

/**
 * The messages that a client holds: those it read when it began, and those it was told of since. Nothing is put right here:
 * what comes twice is there twice.
 */
export class Inbox {
  private lists = new Map<string, Told[]>();
  /** Up to where each list was read: what the stream tells up to there was known. */
  private known = new Map<string, number>();
  /** Frames that have come while it is being read. */
  private held: SeenFrame[] | undefined;
  private beginnings = 0;

  /** @param read gives all messages of all conversations of the client */
  constructor(private readonly read: () => Promise<Map<string, Told[]>>) {}

  in(conversationId: string): readonly Told[] {
    return this.lists.get(conversationId) ?? [];
  }

  /** How often it was read anew. */
  get begun(): number {
    return this.beginnings;
  }

  /** Takes in whatever came on the stream. */
  take(frame: SeenFrame): void {
    const anew = frame.type === 'resync' || (frame.type === 'ready' && frame.data.resumed === false);
    if (anew) void this.begin();
    else if (this.held) this.held.push(frame);
    else if (frame.type === 'message.sent') this.append(frame.data);
  }

  private async begin(): Promise<void> {
    this.beginnings += 1;
    const beginning = this.beginnings;
    this.held = [];
    const lists = await this.read();
    // It had to begin once more meanwhile.
    if (beginning !== this.beginnings) return;
    this.lists = lists;
    this.known = new Map([...lists].map(([id, list]) => [id, list.at(-1)?.seq ?? 0]));
    const held = this.held;
    this.held = undefined;
    for (const frame of held) this.take(frame);
  }

  private append({ conversationId, id, seq }: { conversationId: string } & Told): void {
    if (seq <= (this.known.get(conversationId) ?? 0)) return;
    const list = this.lists.get(conversationId) ?? [];
    list.push({ id, seq });
    this.lists.set(conversationId, list);
  }
}
