import { BaseRpcContext } from '@nestjs/microservices';
import type { ClientSession } from 'mongodb';
import type { EntityManager } from 'typeorm';
import type { DatabaseTransaction } from './database-transaction.js';

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

/** What surrounds a handler: no transaction where there is no database (broadcast consumers). */
export interface FactSurroundings extends DatabaseTransaction {
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
   * @throws Error in a broadcast consumer, which has none, and where the database is not PostgreSQL
   */
  get manager(): EntityManager {
    if (this.#surroundings.manager) return this.#surroundings.manager;
    throw new Error(`This consumer has no transaction in PostgreSQL (${this.type})`);
  }

  /** The same where the database is MongoDB: to be given to every operation of a handler. @throws Error as above */
  get session(): ClientSession {
    if (this.#surroundings.session) return this.#surroundings.session;
    throw new Error(`This consumer has no transaction in MongoDB (${this.type})`);
  }

  /** The transaction for who does not know which database it is: one of both, or none in a broadcast consumer. */
  get transaction(): DatabaseTransaction {
    const { manager, session } = this.#surroundings;
    return { manager, session };
  }

  /** Calls `run` once the fact's transaction is committed; in a broadcast consumer after the handler. May be lost in a crash. */
  afterCommit(run: () => void): void {
    this.#surroundings.afterCommit.push(run);
  }
}
