import type { ClientSession } from 'mongodb';
import type { EntityManager } from 'typeorm';

/** The transaction in which facts are applied, as the database's driver has it: one or the other. */
export interface DatabaseTransaction {
  /** In PostgreSQL. */
  manager?: EntityManager;
  /** In MongoDB. */
  session?: ClientSession;
}
