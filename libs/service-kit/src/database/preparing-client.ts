import { createHash } from 'node:crypto';
import { isError } from '../errors/is-error.js';
import { ExpiringClient } from './expiring-client.js';

/** Statements that a connection keeps planned; each costs the server some 10 to 100 kB. */
const MOST_PLANNED = 300;
/** One that comes a third time will come again; most of those that are put together for one occasion do not. */
const PLANNED_FROM = 3;
/** Texts whose uses are counted at a time. */
const MOST_COUNTED = 2_000;

/**
 * A client whose connection plans a statement with parameters once and not each time: for the relay's, the consumers' and
 * most requests' statements planning costs more than running. What `queryPrepared` names keeps its name.
 */
export class PreparingClient extends ExpiringClient {
  private readonly uses = new Map<string, number>();
  private planned = 0;

  override query(...args: unknown[]): never {
    const [text, values, ...rest] = args;
    const plannable = typeof text === 'string' && Array.isArray(values) && values.length > 0 && rest.length === 0;
    const name = plannable ? this.nameOf(text) : undefined;
    if (!plannable || !name) return super.query(...args);
    return this.queryPlanned({ name, text, values }) as never;
  }

  /** Where a newer version's migration has changed a table, the plan is of no use any more: the statement goes without. */
  private async queryPlanned(statement: { name: string; text: string; values: unknown[] }): Promise<unknown> {
    try {
      return await super.query(statement);
    } catch (error) {
      if (!isOutdatedPlan(error)) throw error;
      this.uses.set(statement.text, Number.NEGATIVE_INFINITY);
      // In a transaction, which is lost then, this fails as well.
      return await super.query(statement.text, statement.values);
    }
  }

  private nameOf(text: string): string | undefined {
    const uses = (this.uses.get(text) ?? 0) + 1;
    if (uses > PLANNED_FROM) return nameFor(text);
    if (uses === PLANNED_FROM && this.planned === MOST_PLANNED) return undefined;
    if (uses === 1 && this.uses.size >= MOST_COUNTED) this.dropCounts();
    this.uses.set(text, uses);
    if (uses < PLANNED_FROM) return undefined;
    this.planned += 1;
    return nameFor(text);
  }

  /** Those that are planned stay known. */
  private dropCounts(): void {
    for (const [text, uses] of this.uses) if (uses > 0 && uses < PLANNED_FROM) this.uses.delete(text);
  }
}

const names = new Map<string, string>();

function nameFor(text: string): string {
  const known = names.get(text);
  if (known) return known;
  const name = `plaza_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return name;
}

function isOutdatedPlan(error: unknown): boolean {
  return isError(error) && error.message === 'cached plan must not change result type';
}
