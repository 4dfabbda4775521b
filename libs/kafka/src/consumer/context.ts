import { BaseRpcContext } from '@nestjs/microservices';
import type { EntityManager } from 'typeorm';

/** A fact in a batch. */
export interface ReceivedFact<T = object> {
  fact: T;
  id: string;
  type: string;
  key: string;
  /** Rises with each change of the key: of two facts of one key the higher one is the newer state. */
  version: number;
  time: Date;
  /** State published anew, not a happening. */
  snapshot: boolean;
}

/** Where a fact came from. */
export interface FactOrigin extends ReceivedFact {
  /** Name of the topic without prefix. */
  topic: string;
  partition: number;
  offset: string;
  traceparent?: string;
}

/** What surrounds a handler: absent where there is no database (broadcast consumers). */
export interface FactSurroundings {
  manager?: EntityManager;
  afterCommit: Array<() => void>;
}

/** `@Ctx()` of a fact's handler. For a batch: of the run's last fact. */
export class FactContext extends BaseRpcContext<[]> {
  readonly id: string;
  readonly type: string;
  readonly topic: string;
  readonly key: string;
  readonly version: number;
  readonly time: Date;
  readonly snapshot: boolean;
  readonly partition: number;
  readonly offset: string;
  readonly traceparent?: string;
  readonly #surroundings: FactSurroundings;

  constructor(origin: FactOrigin, surroundings: FactSurroundings) {
    super([]);
    this.id = origin.id;
    this.type = origin.type;
    this.topic = origin.topic;
    this.key = origin.key;
    this.version = origin.version;
    this.time = origin.time;
    this.snapshot = origin.snapshot;
    this.partition = origin.partition;
    this.offset = origin.offset;
    this.traceparent = origin.traceparent;
    this.#surroundings = surroundings;
  }

  /**
   * The transaction in which the fact is applied: everything that a handler writes belongs in it.
   * @throws Error in a broadcast consumer, which has none
   */
  get manager(): EntityManager {
    if (this.#surroundings.manager) return this.#surroundings.manager;
    throw new Error(`A broadcast consumer has no transaction (${this.type})`);
  }

  /** Calls `run` once the fact's transaction is committed; in a broadcast consumer after the handler. May be lost in a crash. */
  afterCommit(run: () => void): void {
    this.#surroundings.afterCommit.push(run);
  }
}
