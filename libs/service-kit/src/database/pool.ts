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

/** Shows how full pools are, read when the metrics are asked for. */
export function addPoolMetrics(registry: Registry, sources: Record<string, DataSource>): void {
  new Gauge({
    name: 'plaza_database_connections',
    help: 'Connections by pool and what they do; `waiting` are requests for one',
    labelNames: ['pool', 'state'],
    registers: [registry],
    collect() {
      for (const [pool, dataSource] of Object.entries(sources)) {
        if (!dataSource.isInitialized) continue;
        const { totalCount, idleCount, waitingCount } = poolOf(dataSource);
        this.set({ pool, state: 'idle' }, idleCount);
        this.set({ pool, state: 'busy' }, totalCount - idleCount);
        this.set({ pool, state: 'waiting' }, waitingCount);
      }
    },
  });
}
