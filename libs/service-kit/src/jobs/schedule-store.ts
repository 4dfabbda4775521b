export interface Due {
  name: string;
  intervalMs: number;
}

/** Where instances agree who does scheduled work. All times are the database's. */
export abstract class ScheduleStore {
  /** Names of those that nobody is doing and that are due. */
  abstract due(schedules: readonly Due[]): Promise<Set<string>>;
  /** Tries to be the one that does it; gives the time of the start, or undefined when another was faster. */
  abstract take(schedule: Due, leaseMs: number): Promise<Date | undefined>;
  abstract renew(name: string, leaseMs: number): Promise<void>;
  abstract succeeded(name: string, startedAt: Date): Promise<void>;
  /** Leaves the lease in place for the time in which nobody shall try again. */
  abstract failed(name: string, error: string, retryMs: number): Promise<void>;
}
