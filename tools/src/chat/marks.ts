import type { Watermark } from './views.js';

/** How far somebody has come with what I have said. */
export interface Mark {
  userId: string;
  state: 'delivered' | 'read';
  seq: number;
}

/** Which of the others has got and read my newest message: each is told once. */
export class Marks {
  /** My newest message. */
  private newest = 0;
  private readonly told = new Map<string, Mark['state']>();

  constructor(private readonly me: string) {}

  /** I have said something else: what others have done with what was before it is not worth telling any more. */
  said(seq: number): void {
    if (seq <= this.newest) return;
    this.newest = seq;
    this.told.clear();
  }

  /** What is new about my newest message. */
  moved(watermarks: readonly Watermark[]): Mark[] {
    if (this.newest === 0) return [];
    return watermarks.flatMap(({ userId, deliveredSeq, readSeq }) => {
      const state = readSeq >= this.newest ? 'read' : deliveredSeq >= this.newest ? 'delivered' : undefined;
      const before = this.told.get(userId);
      if (userId === this.me || !state || before === state || before === 'read') return [];
      this.told.set(userId, state);
      return [{ userId, state, seq: this.newest }];
    });
  }
}
