import { declarationOf, FactInvalid, validateFact } from '@plaza/contracts';
import type { Logger } from 'pino';
import type { CurrentFact, RepublishSource } from './republish-source.js';

/** Rows of a source that nobody changes before the transaction ends. */
export interface RepublishPage {
  /** Of its last row; null after the last page. */
  cursor: string | null;
  rows: CurrentFact[];
}

/** A topic that is to be published anew, and how far that has come. */
export interface RepublishRequest {
  topic: string;
  cursor: string | null;
}

/**
 * Publishes state topics anew from the tables, through the outbox: current rows, at their current version, as snapshots.
 * How a page is read and added is the database's; `Source` reads it.
 */
export abstract class Republisher<
  Transaction = unknown,
  Source extends RepublishSource<Transaction> = RepublishSource<Transaction>,
> {
  constructor(
    private readonly logger: Logger,
    private readonly sources: Source[],
    private readonly wake: () => void,
  ) {}

  /** The topics (without prefix) that can be published anew. */
  get topics(): string[] {
    return this.sources.map(({ topic }) => topic);
  }

  /**
   * Puts all current rows of a topic into the outbox, page by page. Returns how many.
   * @throws Error for a topic without a source
   */
  async republish(topic: string): Promise<number> {
    const source = this.source(topic);
    let total = 0;
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const after: string | null = cursor ?? null;
      const page = await this.inTransaction((transaction) => this.addPage(transaction, source, after));
      total += page.added;
      cursor = page.cursor;
    }
    this.wake();
    return total;
  }

  /** Adds one page of what was requested. Its progress commits with it. Returns false when nothing is left to do. */
  async continue(): Promise<boolean> {
    return this.inTransaction(async (transaction) => {
      const request = await this.nextRequest(transaction);
      if (!request) return false;
      const { cursor } = await this.addPage(transaction, this.source(request.topic), request.cursor);
      await this.noteProgress(transaction, { topic: request.topic, cursor });
      return true;
    });
  }

  protected abstract inTransaction<T>(run: (transaction: Transaction) => Promise<T>): Promise<T>;

  /**
   * A page that stays as it is until the transaction ends. Otherwise a row could be changed, and the change be published,
   * before the snapshot of its old state gets its place in the outbox, and a compacted topic would keep the old state for
   * ever.
   */
  protected abstract page(transaction: Transaction, source: Source, after: string | null): Promise<RepublishPage>;

  /** Puts snapshots into the outbox. */
  protected abstract add(transaction: Transaction, rows: CurrentFact[], source: Source): Promise<void>;

  /** The oldest request for a topic of `topics`. */
  protected abstract nextRequest(transaction: Transaction): Promise<RepublishRequest | undefined>;

  /** Keeps the cursor of a request; null: it is done. */
  protected abstract noteProgress(transaction: Transaction, progress: RepublishRequest): Promise<void>;

  private source(topic: string): Source {
    const source = this.sources.find((candidate) => candidate.topic === topic);
    if (!source) throw new Error(`Nothing says how to publish topic ${topic} anew`);
    return source;
  }

  private async addPage(
    transaction: Transaction,
    source: Source,
    after: string | null,
  ): Promise<{ cursor: string | null; added: number }> {
    const { cursor, rows } = await this.page(transaction, source, after);
    const valid = rows.filter((row) => this.isValid(row));
    if (valid.length > 0) await this.add(transaction, valid, source);
    return { cursor, added: valid.length };
  }

  // One row that today's rules refuse must not keep all others from being published.
  private isValid({ fact, cursor }: CurrentFact): boolean {
    try {
      validateFact(fact);
      return true;
    } catch (error) {
      if (!(error instanceof FactInvalid)) throw error;
      this.logger.error({ err: error, cursor }, 'a row is not a valid fact and is left out of its topic');
      return false;
    }
  }
}

export function keyOf(fact: object): string {
  return declarationOf(fact).key(fact);
}
