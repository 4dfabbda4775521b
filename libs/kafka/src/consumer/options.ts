/** The second argument of `@EventPattern(type, options)`: which consumer of the service the method belongs to. */
export interface ConsumerOptions {
  /** What it is for: `feed` in post-service is the group `post-service.feed`, and names its marks and dead letters. */
  consumer: string;
  /** shared (default): all instances share the work. broadcast: every instance reads everything, without a database. */
  kind?: 'shared' | 'broadcast';
  /**
   * Its handlers do nothing but writes guarded by the fact's version: it sees state that is published anew, and accepts a
   * replay. Default: only a broadcast consumer that begins at the beginning, which builds the state in memory.
   */
  replayable?: boolean;
  /** Keep a mark per fact, so that a second delivery is not applied. Default: unless it is replayable. */
  marks?: boolean;
  /** The method takes `ReceivedFact[]`: a run of facts that all go to it. */
  batch?: boolean;
  /**
   * Nobody waits for its effects: facts are gathered for up to half a second, so that many share one transaction where they
   * would have come one by one. Default: each is applied as soon as it is there.
   */
  unhurried?: boolean;
  /** Broadcast: how far back to begin, in milliseconds, or with everything that Kafka still has. Default: now. */
  lookback?: number | 'beginning';
}

/** One consumer, after the options of all its methods have been brought together. */
export interface ConsumerDeclaration {
  name: string;
  kind: 'shared' | 'broadcast';
  replayable: boolean;
  marks: boolean;
  unhurried: boolean;
  lookback: number | 'beginning';
}

/** The declaration that one method's options imply. */
export function declarationFrom(options: ConsumerOptions): ConsumerDeclaration {
  const { consumer: name, kind = 'shared', unhurried = false, lookback = 0 } = options;
  const replayable = options.replayable ?? (kind === 'broadcast' && lookback === 'beginning');
  return { name, kind, replayable, marks: options.marks ?? !replayable, unhurried, lookback };
}
