import pg from 'pg';
import { isError } from '../errors/is-error.js';

/**
 * A client whose connection is given up when the server did not answer in time (`query_timeout`). pg itself leaves the
 * unanswered query on the connection and returns it to the pool, where everyone who gets it waits behind that query:
 * a network that went silent would stay silent for the pool after it is back.
 */
export class ExpiringClient extends pg.Client {
  override query(...args: unknown[]): never {
    const query: (...args: unknown[]) => unknown = super.query;
    const answer = query.apply(this, args);
    if (answer instanceof Promise) answer.catch((error: unknown) => this.giveUpAfter(error));
    return answer as never;
  }

  private giveUpAfter(error: unknown): void {
    if (isReadTimeout(error)) this.connection.stream.destroy();
  }
}

export function isReadTimeout(error: unknown): boolean {
  return isError(error) && error.message === 'Query read timeout';
}
