import type { Lanes } from '../storage/lanes.js';

/** What became of one thing: the error is the answer to whoever asked for it, and concerns no other. */
export type Outcome<Result> = { done: Result } | { refused: Error };

interface Turn<Item, Result> {
  items: Item[];
  outcomes: Promise<Array<Outcome<Result>>>;
}

/**
 * Has what waits anyway done together: what is asked for while others write a conversation is done at once when it is its
 * turn. A lone one does not wait for company.
 */
export class Turns<Item, Result> {
  private readonly next = new Map<string, Turn<Item, Result>>();

  /** @param work gives an outcome for each item, or throws what they all share */
  constructor(
    private readonly lanes: Lanes,
    private readonly work: (conversationId: string, items: readonly Item[]) => Promise<Array<Outcome<Result>>>,
    private readonly most: number,
  ) {}

  async ask(conversationId: string, item: Item): Promise<Result> {
    const turn = this.next.get(conversationId) ?? this.begin(conversationId);
    const place = turn.items.push(item) - 1;
    if (turn.items.length === this.most) this.next.delete(conversationId);
    const outcome = (await turn.outcomes)[place];
    if (outcome && 'done' in outcome) return outcome.done;
    throw outcome?.refused ?? new Error('it has no outcome');
  }

  private begin(conversationId: string): Turn<Item, Result> {
    const items: Item[] = [];
    const outcomes = this.lanes.run([conversationId], () => {
      if (this.next.get(conversationId) === turn) this.next.delete(conversationId);
      return this.work(conversationId, items);
    });
    const turn = { items, outcomes };
    this.next.set(conversationId, turn);
    return turn;
  }
}
