import { isObservable, lastValueFrom } from 'rxjs';
import { traceStorage } from '../trace.js';
import { FactContext, type FactSurroundings } from './context.js';
import type { ReadableRecord } from './record.js';

/** A handler threw. */
export class HandlerFailed extends Error {
  override readonly name = 'HandlerFailed';

  /** `record`: the one that it threw for; undefined when it was handling several. */
  constructor(
    override readonly cause: unknown,
    readonly record: ReadableRecord | undefined,
  ) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

/** Runs `run` in whatever the application wants around a handled fact. */
export type AroundFact = (context: FactContext, run: () => Promise<void>) => Promise<void>;

/** Gives records to their methods, in order. */
export class FactDispatch {
  constructor(
    private readonly around: AroundFact,
    private readonly timed: (record: ReadableRecord, seconds: number) => void,
  ) {}

  /** @throws HandlerFailed for the first one that throws; those before it have been handled */
  async deliver(records: ReadableRecord[], surroundings: FactSurroundings): Promise<void> {
    for (const run of runsOf(records)) await this.call(run, surroundings);
  }

  private async call(run: ReadableRecord[], surroundings: FactSurroundings): Promise<void> {
    const last = run[run.length - 1];
    if (!last) return;
    const context = new FactContext(last.origin, surroundings);
    const payload = last.handler.batch ? run.map(({ origin }) => origin) : last.origin.fact;
    const started = performance.now();
    try {
      await traceStorage.run({ traceparent: context.traceparent }, () =>
        this.around(context, async () => {
          const result: unknown = await last.handler.call(payload, context);
          if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
        }),
      );
    } catch (error) {
      throw new HandlerFailed(error, run.length === 1 ? last : undefined);
    } finally {
      this.timed(last, (performance.now() - started) / 1_000);
    }
  }
}

/** Consecutive records of one batch method together, every other one by itself. */
export function runsOf(records: ReadableRecord[]): ReadableRecord[][] {
  const runs: ReadableRecord[][] = [];
  for (const record of records) {
    const run = runs[runs.length - 1];
    const joins = record.handler.batch && run?.[0]?.handler.method === record.handler.method;
    if (run && joins) run.push(record);
    else runs.push([record]);
  }
  return runs;
}
