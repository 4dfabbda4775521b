import { type LoginFailures, oneMore, remainingMs, WINDOW_MS } from './login-failures.js';

const start = new Date('2026-11-21T12:00:00Z');
const later = (ms: number) => new Date(start.getTime() + ms);

function failTimes(times: number, now = start): LoginFailures {
  let failures = oneMore(undefined, now, 10);
  for (let count = 1; count < times; count += 1) failures = oneMore(failures, now, 10);
  return failures;
}

describe('login failures', () => {
  it('lets the first ten be followed at once', () => {
    expect(remainingMs(failTimes(9), start)).toBe(0);
  });

  it('asks to wait after the tenth, twice as long after each further one, and never longer than 15 minutes', () => {
    const delays = [10, 11, 12, 13, 14, 15, 16, 40].map((times) => remainingMs(failTimes(times), start) / 1_000);
    expect(delays).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
  });

  it('lets the next be tried when the delay is over', () => {
    expect(remainingMs(failTimes(10), later(29_000))).toBe(1_000);
    expect(remainingMs(failTimes(10), later(30_000))).toBe(0);
  });

  it('forgets what is 15 minutes old', () => {
    const failures = failTimes(9);
    expect(oneMore(failures, later(WINDOW_MS), 10).count).toBe(10);
    expect(oneMore(failures, later(WINDOW_MS + 1), 10).count).toBe(1);
  });

  it('does not forget while a delay is running', () => {
    const failures = failTimes(16);
    expect(oneMore(failures, later(WINDOW_MS + 1), 10).count).toBe(17);
  });
});
