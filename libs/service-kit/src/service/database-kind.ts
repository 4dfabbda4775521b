export type DatabaseKind = 'postgres' | 'mongodb' | 'none';

/** Where a service keeps its data. */
export function databaseKind({ database, mongo }: { database?: object; mongo?: object }): DatabaseKind {
  if (database) return 'postgres';
  return mongo ? 'mongodb' : 'none';
}
