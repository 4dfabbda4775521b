import { getDataSourceToken, getEntityManagerToken } from '@nestjs/typeorm';
import { Outbox, type RepublishSource } from '@plaza/kafka';
import { databasePart } from '../health/database-part.js';
import type { OpenStore } from '../service/store.js';
import { BACKGROUND } from '../service/tokens.js';
import { closeDatabase, type DatabaseParts, openDatabase } from './service-database.js';

/** A PostgreSQL database as a service's. Its providers are those of `TypeOrmModule.forRoot`, for connections that are open. */
export async function openPostgres(parts: DatabaseParts, republish: readonly RepublishSource[]): Promise<OpenStore> {
  const database = await openDatabase(parts);
  const { main, background } = database;
  return {
    kind: 'postgres',
    providers: [
      { provide: getDataSourceToken(), useValue: main },
      { provide: getEntityManagerToken(), useValue: main.manager },
      { provide: BACKGROUND, useValue: background },
    ],
    kafka: { background, republish: [...republish] },
    outbox: Outbox,
    health: databasePart(background, main),
    close: () => closeDatabase(database),
  };
}
