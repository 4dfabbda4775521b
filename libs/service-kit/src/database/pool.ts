import type pg from 'pg';
import { Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';

type Pool = Pick<pg.Pool, 'query' | 'totalCount' | 'idleCount' | 'waitingCount'>;

/** The pg pool under a connected PostgreSQL DataSource. */
export function poolOf({ driver }: DataSource): Pool {
  const pool: unknown = 'master' in driver ? driver.master : undefined;
  if (!isPool(pool)) throw new TypeError('not a connected PostgreSQL DataSource');
  return pool;
}

function isPool(value: unknown): value is Pool {
  return typeof value === 'object' && value !== null && 'waitingCount' in value;
}

/** Connections of a pool, and the requests for one. */
export interface PoolState {
  idle: number;
  busy: number;
  waiting: number;
}

/** Undefined while it is not open. */
export function poolState(dataSource: DataSource): PoolState | undefined {
  if (!dataSource.isInitialized) return undefined;
  const { totalCount, idleCount, waitingCount } = poolOf(dataSource);
  return { idle: idleCount, busy: totalCount - idleCount, waiting: waitingCount };
}

/** Shows how full pools are, read when the metrics are asked for. */
export function addPoolMetrics(registry: Registry, pools: Record<string, () => PoolState | undefined>): void {
  new Gauge({
    name: 'plaza_database_connections',
    help: 'Connections by pool and what they do; `waiting` are requests for one',
    labelNames: ['pool', 'state'],
    registers: [registry],
    collect() {
      for (const [pool, stateOf] of Object.entries(pools)) {
        for (const [state, connections] of Object.entries(stateOf() ?? {})) this.set({ pool, state }, connections);
      }
    },
  });
}
