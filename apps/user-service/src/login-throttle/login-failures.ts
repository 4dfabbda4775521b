const MINUTE = 60_000;

/** Failures are forgotten this long after the last one, or after the delay that it led to. */
export const WINDOW_MS = 15 * MINUTE;
const FIRST_DELAY_MS = MINUTE / 2;
const LONGEST_DELAY_MS = 15 * MINUTE;

/** Failed log-ins of one account from one network. */
export interface LoginFailures {
  count: number;
  /** The time of the last failure, or the end of the delay after it. */
  blockedUntil: Date;
}

/** The failures with one more: `allowed` of them are free, then each doubles the delay, up to 15 minutes. */
export function oneMore(before: LoginFailures | undefined, now: Date, allowed: number): LoginFailures {
  const forgotten = !before || now.getTime() > before.blockedUntil.getTime() + WINDOW_MS;
  const count = forgotten ? 1 : before.count + 1;
  return { count, blockedUntil: new Date(now.getTime() + delayMs(count - allowed)) };
}

/** How long the next attempt has to wait, in ms; 0: it may be made now. */
export function remainingMs({ blockedUntil }: LoginFailures, now: Date): number {
  return Math.max(0, blockedUntil.getTime() - now.getTime());
}

function delayMs(doublings: number): number {
  return doublings < 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** doublings, LONGEST_DELAY_MS);
}
