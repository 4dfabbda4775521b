/** The wish to end: Ctrl-C, SIGTERM, a closed terminal, or a reason of the launcher's own. */
export class StopRequest {
  /** Settles with the reason for a failure, or undefined for a wish. */
  readonly made: Promise<string | undefined>;
  private make: (failure?: string) => void = () => undefined;
  private wasMade = false;

  constructor() {
    this.made = new Promise((resolve) => {
      this.make = resolve;
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.onSignal());
  }

  get isMade(): boolean {
    return this.wasMade;
  }

  /** Ends everything because of a failure. */
  fail(reason: string): void {
    this.wasMade = true;
    this.make(reason);
  }

  /** Who asks twice can't wait: what is left is killed by the servers' reaper as soon as this process is gone. */
  private onSignal(): void {
    if (this.wasMade) process.exit(130);
    this.wasMade = true;
    this.make();
  }
}
