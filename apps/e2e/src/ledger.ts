/** What became of something that was asked for. */
export type Outcome = 'done' | 'refused' | 'unknown';

/**
 * What people were answered. A text begins with a word of its own, by which it is found again; anything else is a state, such
 * as `like <user> <post>`, that begins and ends.
 */
export class Ledger {
  /** Ids of the texts, by that word; undefined: no answer came. */
  readonly texts = new Map<string, string | undefined>();
  /** Undefined: no answer came. */
  readonly states = new Map<string, boolean | undefined>();

  wrote(word: string, outcome: Outcome, id?: string): void {
    if (outcome !== 'refused') this.texts.set(word, id);
  }

  /** @param stands whether the state was to begin, or to end */
  turned(state: string, outcome: Outcome, stands: boolean): void {
    if (outcome !== 'refused') this.states.set(state, outcome === 'done' ? stands : undefined);
  }

  get unanswered(): number {
    return [...this.texts.values(), ...this.states.values()].filter((it) => it === undefined).length;
  }
}
