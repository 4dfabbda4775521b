import type { KeyOfConsumer, ParkedState } from './store.js';

/** A fact that could not be applied, or that lies behind one, with what is known about it. */
export interface DeadLetter extends KeyOfConsumer {
  id: string;
  /** The state of its key. */
  state: ParkedState;
  type: string;
  partition: number;
  offset: string;
  headers: Record<string, string>;
  /** The bytes as they came. */
  payload: Buffer;
  reason: string;
  parkedAt: Date;
}

/** Which keys are meant: all that match what is given. */
export type DeadLetterFilter = Partial<KeyOfConsumer>;
