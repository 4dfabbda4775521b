import type { CreateCollectionOptions, Db, Document } from 'mongodb';

/**
 * A step of a MongoDB database's schema. Each of its operations may be done again, since MongoDB has no transaction around
 * them: a process that died half-way is followed by one that does the step anew.
 */
export interface MongoMigration {
  /** Begins with its time, by which steps are ordered: `20261125T1000-create-outbox`. Frozen once landed. */
  readonly name: string;
  up(db: Db): Promise<void>;
  down(db: Db): Promise<void>;
}

const namespaceExists = 48;

/** Makes a collection where it is missing, and gives it these rules (`validator`) in any case. */
export async function ensureCollection(db: Db, name: string, options: CreateCollectionOptions = {}): Promise<void> {
  try {
    await db.createCollection(name, options);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === namespaceExists)) throw error;
    if (options.validator) await db.command({ collMod: name, validator: options.validator });
  }
}

/** A validator: each field has its type (or one of several), and all of them are there. */
export function fields(types: Record<string, string | string[] | Document>): Document {
  const properties = Object.entries(types).map(([name, type]) => {
    return [name, typeof type === 'object' && !Array.isArray(type) ? type : { bsonType: type }];
  });
  return { $jsonSchema: { required: Object.keys(types), properties: Object.fromEntries(properties) } };
}
