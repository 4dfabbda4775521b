import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { ServiceDatabase } from '../service/definition.js';
import { createDataSource } from './data-source.js';
import { revertMigrations, runMigrations } from './migrations.js';
import { migrationsOf } from './service-database.js';
import { MIGRATION_TIMEOUTS } from './timeouts.js';

/** What a database consists of, a line for each thing, as PostgreSQL describes it. */
export type Schema = readonly string[];

export interface RoundTrip {
  /** After all migrations. */
  up: Schema;
  /** After all were taken back: what they forgot. */
  left: Schema;
  /** After all migrations once more: must equal `up`. */
  again: Schema;
}

/** For tests of migrations, on an empty database: all up, all down one by one, all up again. */
export async function migrateBackAndForth(
  url: string,
  definition: ServiceDatabase,
  logger: Logger,
): Promise<RoundTrip> {
  const migrations = migrationsOf(definition);
  const parts = {
    url,
    logger,
    migrations,
    poolSize: 2,
    applicationName: 'plaza-migrations',
    timeouts: MIGRATION_TIMEOUTS,
  };
  const dataSource = await createDataSource(parts).initialize();
  try {
    await runMigrations(dataSource);
    const up = await schemaOf(dataSource);
    await revertMigrations(dataSource, migrations.length);
    const left = await schemaOf(dataSource);
    await runMigrations(dataSource);
    return { up, left, again: await schemaOf(dataSource) };
  } finally {
    await dataSource.destroy();
  }
}

/** TypeORM's own table of migrations is not part of it. */
async function schemaOf(dataSource: DataSource): Promise<Schema> {
  const rows = await dataSource.query<Array<{ line: string }>>(`
    WITH tables AS (
      SELECT oid, relname, relkind FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S') AND relname NOT LIKE 'migrations%'
    )
    SELECT format('%s %s', relkind, relname) AS line FROM tables
    UNION ALL SELECT format('column %s.%s %s null=%s default=%s', t.relname, attname, format_type(atttypid, atttypmod),
        NOT attnotnull, pg_get_expr(d.adbin, d.adrelid))
      FROM tables t JOIN pg_attribute a ON attrelid = t.oid AND attnum > 0 AND NOT attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum WHERE t.relkind <> 'S'
    UNION ALL SELECT indexdef FROM pg_indexes JOIN tables ON relname = tablename WHERE schemaname = 'public'
    UNION ALL SELECT format('%s %s %s', t.relname, conname, pg_get_constraintdef(c.oid))
      FROM pg_constraint c JOIN tables t ON t.oid = conrelid
    UNION ALL SELECT pg_get_triggerdef(g.oid) FROM pg_trigger g JOIN tables t ON t.oid = tgrelid WHERE NOT tgisinternal
    UNION ALL SELECT pg_get_functiondef(p.oid) FROM pg_proc p
      WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
    UNION ALL SELECT format('type %s', typname) FROM pg_type
      WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
    UNION ALL SELECT format('extension %s', extname) FROM pg_extension WHERE extname <> 'plpgsql'
    ORDER BY line`);
  return rows.map(({ line }) => line);
}
