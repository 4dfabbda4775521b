import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { KafkaSettings } from '../settings.js';

/** In milliseconds; the database counts them on its own clock. */
export interface LeaseTimes {
  renewEvery: number;
  lasts: number;
}

/** The one who publishes: who it is, and since when (the epoch rises with each new holder). */
export interface Holder {
  name: string;
  epoch: string;
}

/** Where the lease is kept. All times are those of the database's clock. */
export interface LeaseStore {
  /** Gives the lease to `name` for so long, when its time is up. Returns the new epoch, or undefined. */
  take(name: string, lasts: number): Promise<string | undefined>;
  /** Makes it last so long from now. Returns false when another has it. */
  renew(holder: Holder, lasts: number): Promise<boolean>;
  /** Ends it now, if the holder still has it. */
  release(holder: Holder): Promise<void>;
}

/**
 * The right of one process to publish a service's outbox: a row with a time limit on the database's clock. The holder
 * counts the time since its last renewal on its monotonic clock, so that one that was stopped for a while knows that it may
 * have been replaced.
 */
export class RelayLease {
  private readonly name: string;
  private epoch: string | undefined;
  private startedRenewal = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: LeaseStore,
    private readonly logger: Logger,
    { service, instance }: Pick<KafkaSettings, 'service' | 'instance'>,
    private readonly times: LeaseTimes = { renewEvery: 2_000, lasts: 6_000 },
  ) {
    // A restarted instance of the same name is another holder.
    this.name = `${service}.${instance}.${randomUUID()}`;
  }

  /** Us, until another one is known to have taken over; undefined before the first `acquire` that succeeds. */
  get holder(): Holder | undefined {
    return this.epoch === undefined ? undefined : { name: this.name, epoch: this.epoch };
  }

  /** Takes the lease when its time is up, and then renews it until it is lost or released. */
  async acquire(): Promise<boolean> {
    const started = performance.now();
    const epoch = await this.store.take(this.name, this.times.lasts);
    if (epoch === undefined) return false;
    this.startedRenewal = started;
    this.epoch = epoch;
    this.scheduleRenewal();
    return true;
  }

  /**
   * To be asked before each try to publish.
   * @throws LeaseUncertain once the lease may have passed to another holder
   */
  assertHeld(): void {
    // A sixth of the time is left for what was started to reach Kafka.
    const age = performance.now() - this.startedRenewal;
    if (this.epoch === undefined || age > (this.times.lasts * 5) / 6) throw new LeaseUncertain();
  }

  /** Lets the next one take over at once. */
  async release(): Promise<void> {
    clearTimeout(this.timer);
    const { holder } = this;
    this.epoch = undefined;
    if (holder) await this.store.release(holder);
  }

  /** Stops renewing and leaves the row alone: what we have started may still be under way until the time is up. */
  abandon(): void {
    clearTimeout(this.timer);
    this.epoch = undefined;
  }

  private scheduleRenewal(): void {
    this.timer = setTimeout(() => void this.renew(), this.times.renewEvery);
    this.timer.unref();
  }

  // Renewing late is right as long as nobody else has come: what we published meanwhile can then still be marked.
  private async renew(): Promise<void> {
    const { epoch, holder } = this;
    if (!holder) return;
    const started = performance.now();
    try {
      const renewed = await this.store.renew(holder, this.times.lasts);
      if (this.epoch !== epoch) return;
      if (renewed) this.startedRenewal = started;
      else this.epoch = undefined;
    } catch (error) {
      this.logger.warn({ err: error }, 'the lease of the relay could not be renewed');
    }
    if (this.epoch !== undefined && this.epoch === epoch) this.scheduleRenewal();
  }
}

/** Another process may be publishing by now. */
export class LeaseUncertain extends Error {
  override readonly name = 'LeaseUncertain';

  constructor() {
    super('The lease of the relay may have passed to another process');
  }
}
