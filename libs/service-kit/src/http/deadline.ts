import { RouteConfig } from '@nestjs/platform-fastify';

export const DEADLINE_HEADER = 'x-plaza-deadline';

/** Larger numbers are points in time, smaller ones what is left. */
const EARLIEST_EPOCH_MS = 1e12;

/**
 * When a request has to be answered, in epoch ms. The header has what is left in ms (better: clocks differ) or a point in
 * time in epoch ms; it can shorten the service's own budget, never lengthen it.
 */
export function deadlineOf(header: string | string[] | undefined, budgetMs: number, now: number): number {
  const latest = now + budgetMs;
  if (typeof header !== 'string' || !/^\d{1,13}$/.test(header)) return latest;
  const told = Number(header);
  return Math.min(latest, told > EARLIEST_EPOCH_MS ? told : now + told);
}

/** For uploads, exports and streams: the route may take as long as it needs. */
export function NoDeadline(): MethodDecorator {
  return RouteConfig({ deadline: false });
}
