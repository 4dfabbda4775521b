import { randomUUID } from 'node:crypto';
import { type Actor, eventually } from '@plaza/testing';
import type { Told } from './checker-chat.js';
import { untilAnswered } from './faults.js';
import { Inbox } from './inbox.js';
import { allPages } from './pages.js';
import type { SentLedger } from './sent-ledger.js';
import { Talker } from './talker.js';

const AWAY = { withinMs: 120_000 };

/**
 * Somebody who talks whatever happens: connects again when the connection is lost, and says again what was not answered,
 * until it is.
 */
export class Correspondent {
  readonly inbox: Inbox;
  private readonly talker: Talker;
  private ended = false;
  private running: Promise<void> | undefined;

  constructor(
    readonly actor: Actor,
    private readonly o: { ledger: SentLedger; conversations: readonly string[] },
  ) {
    this.talker = new Talker(actor);
    this.inbox = new Inbox(() => this.history());
    this.talker.onFrame = (frame) => this.inbox.take(frame);
  }

  get conversations(): readonly string[] {
    return this.o.conversations;
  }

  start(): void {
    this.running = this.stayConnected();
  }

  async stop(): Promise<void> {
    this.ended = true;
    await this.talker.close();
    await this.running;
  }

  /** Sends a text, by the stream or by a request. */
  async say(conversationId: string, content: string, by: 'stream' | 'request'): Promise<void> {
    const { ledger } = this.o;
    const clientId = randomUUID();
    ledger.begin(clientId, { conversationId, senderId: this.actor.id, content });
    let tries = 0;
    const answer = await eventually(() => {
      tries += 1;
      if (by === 'stream') return this.talker.tell(conversationId, content, clientId);
      return this.post(conversationId, { content, clientId });
    }, AWAY);
    ledger.repeats += tries - 1;
    ledger.answered(clientId, answer);
  }

  /** Reads what it holds of a conversation. */
  async read(conversationId: string): Promise<void> {
    const seq = this.inbox.in(conversationId).at(-1)?.seq ?? 0;
    const path = `/v1/conversations/${conversationId}/read`;
    const { status, body } = await untilAnswered(() => this.actor.put(path, { seq }));
    if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
    this.o.ledger.read(conversationId, this.actor.id, seq);
  }

  private async stayConnected(): Promise<void> {
    while (!this.ended) {
      await eventually(() => (this.ended ? undefined : this.talker.connect()), AWAY);
      await this.talker.lost();
    }
  }

  private async post(conversationId: string, body: object): Promise<Told> {
    const answer = await this.actor.post<Told & { code?: string }>(
      `/v1/conversations/${conversationId}/messages`,
      body,
    );
    if (answer.status < 300) return answer.body;
    throw new Error(`${answer.status} ${answer.body?.code}`);
  }

  private async history(): Promise<Map<string, Told[]>> {
    const lists = new Map<string, Told[]>();
    for (const id of this.conversations) {
      const path = `/v1/conversations/${id}/messages?afterSeq=0`;
      lists.set(id, await eventually(() => allPages<Told>(this.actor, path, 100), AWAY));
    }
    return lists;
  }
}
