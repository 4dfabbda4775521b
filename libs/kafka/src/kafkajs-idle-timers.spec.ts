import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { stopIdleTimers } from './kafkajs-idle-timers.js';

interface Queue {
  pending: unknown[];
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
  checkPendingRequests(): void;
}

const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');

describe('stopIdleTimers', () => {
  let queue: Queue;

  beforeEach(() => {
    jest.useFakeTimers();
    stopIdleTimers();
    queue = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 1_000, logger: { debug() {} } });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('sets no timer when nothing is pending', () => {
    queue.scheduleCheckPendingRequests();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('has what is pending looked at until it is gone', () => {
    const check = jest.spyOn(queue, 'checkPendingRequests');
    queue.throttledUntil = Date.now() + 200;
    queue.pending.push({ send() {}, expectResponse: true });
    queue.scheduleCheckPendingRequests();
    jest.advanceTimersByTime(201);
    expect(check).toHaveBeenCalledTimes(1);
    expect(queue.pending).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('keeps the timer of a throttling', () => {
    queue.throttledUntil = Date.now() + 200;
    queue.scheduleCheckPendingRequests();
    expect(jest.getTimerCount()).toBe(1);
  });

  it('patches once', () => {
    const { scheduleCheckPendingRequests } = RequestQueue.prototype;
    stopIdleTimers();
    expect(RequestQueue.prototype.scheduleCheckPendingRequests).toBe(scheduleCheckPendingRequests);
  });
});
