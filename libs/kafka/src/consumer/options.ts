/** The second argument of `@EventPattern(type, options)`: which consumer of the service the method belongs to. */
export interface ConsumerOptions {
  /** What it is for: `feed` in post-service is the group `post-service.feed`, and names its marks and dead letters. */
  consumer: string;
  /** shared (default): all instances share the work. broadcast: every instance reads everything, without a database. */
  kind?: 'shared' | 'broadcast';
  /** Its handlers do nothing but writes guarded by the fact's version: it sees snapshot facts and accepts a replay. */
  replayable?: boolean;
  /** Keep a mark per fact, so that a second delivery is not applied. Default: unless it is replayable. */
  marks?: boolean;
  /** The method takes `ReceivedFact[]`: a run of facts that all go to it. */
  batch?: boolean;
  /** Broadcast: how far back to begin, in milliseconds, or with everything that Kafka still has. Default: now. */
  lookback?: number | 'beginning';
}

/** One consumer, after the options of all its methods have been brought together. */
export interface ConsumerDeclaration {
  name: string;
  kind: 'shared' | 'broadcast';
  replayable: boolean;
  marks: boolean;
  lookback: number | 'beginning';
}

/** The declaration that one method's options imply. */
export function declarationFrom(options: ConsumerOptions): ConsumerDeclaration {
  const { consumer: name, kind = 'shared', replayable = false, lookback = 0 } = options;
  return { name, kind, replayable, marks: options.marks ?? !replayable, lookback };
}
