import type { DataSource, EntityManager } from 'typeorm';

/** Does something for the next readers after the given one; gives the last of them, or nothing when there was none. */
type Step = (manager: EntityManager, after: string) => Promise<Array<{ last: string }>>;

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/**
 * Works through the readers of an author in the order of their ids, in a transaction for each batch. Who becomes a reader
 * meanwhile is given what there is then.
 * @throws the signal's reason
 */
export async function inBatches(database: DataSource, signal: AbortSignal, step: Step): Promise<void> {
  for (let after: string | undefined = BEFORE_ALL; after !== undefined; ) {
    signal.throwIfAborted();
    const from: string = after;
    const [done] = await database.transaction((manager) => step(manager, from));
    after = done?.last;
  }
}
