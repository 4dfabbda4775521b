import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 100;
const PATIENCE_MS = 30_000;

export interface Waiting {
  url: string;
  /** Ends the waiting. */
  given(): boolean;
  say(line: string): void;
}

/** Waits until the whole platform has started; false when it was told to give up. Says now and then what is missing. */
export async function untilStarted({ url, given, say }: Waiting): Promise<boolean> {
  let patientUntil = performance.now() + PATIENCE_MS;
  while (!given()) {
    const answer = await startup(url);
    if (answer.started) return true;
    if (performance.now() > patientUntil) {
      say(`Still waiting for ${url}/health/startup: ${answer.says}`);
      patientUntil = performance.now() + PATIENCE_MS;
    }
    await pause(POLL_MS);
  }
  return false;
}

async function startup(url: string): Promise<{ started: boolean; says: string }> {
  try {
    const answer = await fetch(`${url}/health/startup`, { signal: AbortSignal.timeout(2_000) });
    return { started: answer.ok, says: await answer.text() };
  } catch {
    // Nothing listens there yet.
    return { started: false, says: 'no answer' };
  }
}
