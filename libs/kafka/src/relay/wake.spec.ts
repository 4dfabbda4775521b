import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import { HolderNotifier, WakeFlag } from './wake.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('WakeFlag', () => {
  it('ends a wait at once, and leaves no timer', async () => {
    const flag = new WakeFlag();
    const waiting = flag.wait(250);
    flag.raise();
    await waiting;
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is not lost when it is raised while the loop is busy', async () => {
    const flag = new WakeFlag();
    flag.lower();
    flag.raise();
    await flag.wait(250);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('lets a wait end by itself', async () => {
    const waiting = new WakeFlag().wait(250);
    await jest.advanceTimersByTimeAsync(250);
    await expect(waiting).resolves.toBeUndefined();
  });
});

describe('HolderNotifier', () => {
  it('notifies at once, then at most every 10 ms, and not without need', async () => {
    const send = jest.fn(async () => []);
    const notifier = new HolderNotifier(send, pino({ level: 'silent' }));
    for (let facts = 0; facts < 100; facts += 1) notifier.notify();
    expect(send).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(10);
    expect(send).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(100);
    expect(send).toHaveBeenCalledTimes(2);
  });
});
