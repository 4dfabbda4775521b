/** A part that a service is made of, as /health/startup and /health see it. */
export interface HealthPart {
  readonly name: string;
  /** True once it was seen to work; asked until then. */
  started(): boolean | Promise<boolean>;
  /** What it is like now; with `up: false` when it does not work. An error counts as that. */
  state(): object | Promise<object>;
}

export interface HealthReport {
  status: 'starting' | 'serving' | 'draining';
  /** Every part was seen to work at least once. */
  started: boolean;
  parts: Record<string, object>;
}

/** Longest that one part may think about its state. */
const PATIENCE_MS = 1_000;

/** The parts of a service and where it stands. Other services' health is never a reason not to be ready. */
export class HealthParts {
  private readonly parts: HealthPart[] = [];
  private readonly seen = new Set<HealthPart>();
  private readonly drainListeners: Array<() => void> = [];
  private status: HealthReport['status'] = 'starting';

  add(part: HealthPart): void {
    this.parts.push(part);
  }

  serve(): void {
    this.status = 'serving';
  }

  drain(): void {
    this.status = 'draining';
    for (const listener of this.drainListeners.splice(0)) listener();
  }

  /** `listener` is told, once, that the service is on its way out, before anything of it is stopped. */
  onDrain(listener: () => void): void {
    this.drainListeners.push(listener);
  }

  /** This process can serve: configured, migrated, connected once, and not on its way out. */
  get ready(): boolean {
    return this.status === 'serving';
  }

  get draining(): boolean {
    return this.status === 'draining';
  }

  /** All parts were seen to work, each at some time; stays true from then on. */
  async started(): Promise<boolean> {
    await Promise.all(this.parts.map((part) => this.look(part)));
    return this.status !== 'starting' && this.parts.every((part) => this.seen.has(part));
  }

  async report(): Promise<HealthReport> {
    const started = await this.started();
    const states = await Promise.all(this.parts.map(async (part) => [part.name, await stateOf(part)]));
    return { status: this.status, started, parts: Object.fromEntries(states) };
  }

  private async look(part: HealthPart): Promise<void> {
    if (this.seen.has(part)) return;
    const answer = await within(PATIENCE_MS, async () => part.started()).catch(() => false);
    if (answer) this.seen.add(part);
  }
}

async function stateOf(part: HealthPart): Promise<object> {
  try {
    return { up: true, ...(await within(PATIENCE_MS, async () => part.state())) };
  } catch (error) {
    return { up: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function within<T>(ms: number, run: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([run(), late]);
  } finally {
    clearTimeout(timer);
  }
}
