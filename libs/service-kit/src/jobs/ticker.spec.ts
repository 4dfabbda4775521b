import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { Ticker } from './ticker.js';

const logger = pino({ level: 'silent' });

describe('Ticker', () => {
  it('runs again when woken during a run, and never twice at a time', async () => {
    let [runs, atOnce, most] = [0, 0, 0];
    const { promise, resolve } = gate();
    const ticker = new Ticker(
      'work',
      60_000,
      async () => {
        most = Math.max(most, ++atOnce);
        runs += 1;
        if (runs === 1) ticker.wake();
        await Promise.resolve();
        atOnce -= 1;
        if (runs === 2) resolve();
      },
      logger,
    );
    ticker.start();
    await promise;
    await ticker.stop();
    expect([runs, most]).toEqual([2, 1]);
  });

  it('goes on after a run that failed', async () => {
    const { promise, resolve } = gate();
    let runs = 0;
    const ticker = new Ticker(
      'work',
      1,
      async () => {
        runs += 1;
        if (runs === 1) throw new Error('no database');
        resolve();
      },
      logger,
    );
    ticker.start();
    ticker.wake();
    await promise;
    await ticker.stop();
    expect(runs).toBe(2);
  });

  it('ends only after the run that is under way, and runs no more', async () => {
    const { promise, resolve } = gate();
    let ended = false;
    let runs = 0;
    const ticker = new Ticker(
      'work',
      1,
      async () => {
        runs += 1;
        await promise;
        ended = true;
      },
      logger,
    );
    ticker.start();
    const stopped = ticker.stop();
    resolve();
    await stopped;
    ticker.wake();
    expect([ended, runs, ticker.stopped]).toEqual([true, 1, true]);
  });
});

function gate(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((open) => {
    resolve = open;
  });
  return { promise, resolve };
}
