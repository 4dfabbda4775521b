import type { DataSource } from 'typeorm';
import { poolOf } from '../database/pool.js';
import type { HealthPart } from './health-parts.js';

/** PostgreSQL as a part: it was connected and migrated before the service's application was made. */
export function databasePart(background: DataSource, main: DataSource): HealthPart {
  return {
    name: 'database',
    started: () => background.isInitialized,
    state: async () => {
      await background.query('SELECT 1');
      const { totalCount, idleCount, waitingCount } = poolOf(main);
      return { connections: totalCount, idle: idleCount, waiting: waitingCount };
    },
  };
}
