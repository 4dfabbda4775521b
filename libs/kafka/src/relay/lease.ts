import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
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
    private readonly dataSource: DataSource,
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
    const [rows] = await this.dataSource.query<[Array<{ epoch: string }>, number]>(
      `UPDATE relay_lease SET holder = $1, epoch = epoch + 1, until = clock_timestamp() + $2 * interval '1 ms'
       WHERE name = 'outbox' AND until < clock_timestamp() RETURNING epoch`,
      [this.name, this.times.lasts],
    );
    const epoch = rows[0]?.epoch;
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
    const { epoch } = this;
    this.epoch = undefined;
    if (epoch === undefined) return;
    await this.dataSource.query(
      `UPDATE relay_lease SET until = '-infinity' WHERE name = 'outbox' AND holder = $1 AND epoch = $2`,
      [this.name, epoch],
    );
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
    const { epoch } = this;
    const started = performance.now();
    try {
      const [, renewed] = await this.dataSource.query<[unknown[], number]>(
        `UPDATE relay_lease SET until = clock_timestamp() + $3 * interval '1 ms'
         WHERE name = 'outbox' AND holder = $1 AND epoch = $2`,
        [this.name, epoch, this.times.lasts],
      );
      if (this.epoch !== epoch) return;
      if (renewed === 1) this.startedRenewal = started;
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
