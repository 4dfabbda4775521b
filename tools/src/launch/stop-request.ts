import { stopRequested } from '@plaza/embedded';

/** Ctrl-C in a terminal reaches this process and npm, which hands it on: within this time two signals are one wish. */
const SAME_WISH_MS = 1_000;

/** The wish to end: Ctrl-C, SIGTERM, an npm that was killed, or a reason of the launcher's own. */
export class StopRequest {
  /** Settles with the reason for a failure, or undefined for a wish. */
  readonly made: Promise<string | undefined>;
  private make: (failure?: string) => void = () => undefined;
  private madeAt?: number;
  private readonly asked = stopRequested();

  constructor() {
    this.made = new Promise((resolve) => {
      this.make = resolve;
    });
    this.asked.reason.then(() => this.end());
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => this.insist());
  }

  get isMade(): boolean {
    return this.madeAt !== undefined;
  }

  /** Ends everything because of a failure. */
  fail(reason: string): void {
    this.end(reason);
  }

  /** Stops listening; without it the process would not end. */
  cancel(): void {
    this.asked.cancel();
  }

  private end(failure?: string): void {
    this.madeAt ??= performance.now();
    this.make(failure);
  }

  /** Who asks again can't wait: what is left is ended by the servers' reaper as soon as this process is gone. */
  private insist(): void {
    if (this.madeAt !== undefined && performance.now() - this.madeAt > SAME_WISH_MS) process.exit(130);
  }
}
