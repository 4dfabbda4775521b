import { Unavailable } from '@plaza/service-kit';
import type { Lanes } from '../storage/lanes.js';
import type { Outcome, Send, Sent } from './send.js';

export interface QueueLimits {
  /** Sends in one batch. */
  most: number;
  /** Batches at the same time, among which those who wait are shared out. */
  atOnce: number;
  /** As many are not shared out: one batch costs less. */
  least: number;
}

interface Waiting {
  send: Send;
  done(sent: Sent): void;
  failed(error: unknown): void;
}

/**
 * Has sends that wait anyway stored together. A lone one goes at once; what comes while batches are under way goes with the
 * next one. A conversation is in one batch at a time, and in none while another writes it, since they would conflict.
 */
export class SendQueue {
  private waiting: Waiting[] = [];
  /** Conversations in batches that are under way. */
  private readonly taken = new Set<string>();
  /** Conversations that wait for their turn, behind others who write them. */
  private readonly turns = new Set<string>();
  private readonly answers = new Set<Promise<unknown>>();
  private running = 0;
  private beginning = false;

  /** @param store gives an outcome for each send, or throws what they all share */
  constructor(
    private readonly lanes: Lanes,
    private readonly store: (sends: Send[]) => Promise<Outcome[]>,
    private readonly limits: QueueLimits,
  ) {}

  add(send: Send): Promise<Sent> {
    const answer = new Promise<Sent>((done, failed) => {
      this.waiting.push({ send, done, failed });
      this.beginSoon();
    });
    this.answers.add(answer);
    const forget = () => this.answers.delete(answer);
    answer.then(forget, forget);
    return answer;
  }

  /** Resolves once all that was sent before is answered. */
  async drained(): Promise<void> {
    await Promise.allSettled(this.answers);
  }

  /** As soon as everything has been read that has arrived by now: it goes together. */
  private beginSoon(): void {
    if (this.beginning) return;
    this.beginning = true;
    setImmediate(() => {
      this.beginning = false;
      this.begin();
    });
  }

  private begin(): void {
    for (;;) {
      const batch = this.take((conversationId) => !this.lanes.isBusy(conversationId), this.share());
      if (batch.length === 0) break;
      void this.run(batch);
    }
    this.queueForBusy();
  }

  /** How many of those who wait one batch is for, so that others can be stored beside it: a batch has no more than one core. */
  private share(): number {
    const { most, least, atOnce } = this.limits;
    const slots = atOnce - this.running;
    if (slots === 0) return 0;
    const free = this.waiting.filter(({ send }) => !this.lanes.isBusy(send.conversationId));
    return Math.min(most, Math.max(least, Math.ceil(free.length / slots)));
  }

  private async run(batch: Waiting[]): Promise<void> {
    const conversations = [...new Set(batch.map(({ send }) => send.conversationId))];
    this.running += 1;
    for (const id of conversations) this.taken.add(id);
    await this.lanes.run(conversations, () => this.answer(batch));
    for (const id of conversations) this.taken.delete(id);
    this.running -= 1;
    this.beginSoon();
  }

  /** Where another is writing the conversation, what waits has its turn after it, without anybody else waiting for that. */
  private queueForBusy(): void {
    for (const { send } of this.waiting) {
      const { conversationId } = send;
      if (this.taken.has(conversationId) || this.turns.has(conversationId)) continue;
      if (!this.lanes.isBusy(conversationId)) continue;
      this.turns.add(conversationId);
      void this.takeTurn(conversationId);
    }
  }

  private async takeTurn(conversationId: string): Promise<void> {
    await this.lanes.run([conversationId], () => {
      this.turns.delete(conversationId);
      this.taken.add(conversationId);
      return this.answer(this.take((id) => id === conversationId, this.limits.most));
    });
    this.taken.delete(conversationId);
    this.beginSoon();
  }

  /**
   * The first that wait for these conversations, with all others of the same ones: about `share`, at most as many as a batch
   * may have. Nobody waits any more for the answer of some: those are refused.
   */
  private take(isWanted: (conversationId: string) => boolean, share: number): Waiting[] {
    const taken: Waiting[] = [];
    const rest: Waiting[] = [];
    const conversations = new Set<string>();
    const now = Date.now();
    for (const one of this.waiting) {
      const { conversationId, deadline } = one.send;
      if (taken.length < share && isWanted(conversationId)) conversations.add(conversationId);
      if (deadline <= now) one.failed(tookTooLong());
      else if (conversations.has(conversationId) && taken.length < this.limits.most) taken.push(one);
      else rest.push(one);
    }
    this.waiting = rest;
    return taken;
  }

  private async answer(batch: Waiting[]): Promise<void> {
    try {
      const outcomes = await this.store(batch.map(({ send }) => send));
      batch.forEach(({ done, failed }, index) => {
        const outcome = outcomes[index];
        if (outcome && 'sent' in outcome) done(outcome.sent);
        else failed(outcome?.refused ?? new Error('A send has no outcome'));
      });
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
  }
}

function tookTooLong(): Unavailable {
  return new Unavailable('DEADLINE_EXCEEDED', 'This took too long. Please try again.');
}
