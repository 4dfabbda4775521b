import { services } from '@plaza/all-in-one';
import type { ServiceName } from '@plaza/contracts';

type DatabaseOf<Name> = Name extends `${infer Service}-service` ? `${Service}_service` : never;

/** Name of a service's database where nobody names it otherwise, as `user_service`. */
export type ServiceDatabase = DatabaseOf<ServiceName>;

/** The services of the platform: those that all-in-one starts. */
export const SERVICES: readonly ServiceName[] = services.map(({ name }) => name);

/** Those that keep their data in PostgreSQL. */
export const STORED_SERVICES: readonly ServiceName[] = services
  .filter(({ database }) => database !== undefined)
  .map(({ name }) => name);

/** Those that keep their data in MongoDB. */
export const DOCUMENT_SERVICES: readonly ServiceName[] = services
  .filter(({ mongo }) => mongo !== undefined)
  .map(({ name }) => name);

/** `user-service` → `user_service`. */
export function databaseOf(service: ServiceName): ServiceDatabase {
  return service.replaceAll('-', '_') as ServiceDatabase;
}

/** `user-service`, `PORT` → `PLAZA_USER_SERVICE_PORT`. */
export function settingOf(service: ServiceName, setting: 'PORT' | 'URL' | 'DATABASE_URL'): string {
  return `PLAZA_${databaseOf(service).toUpperCase()}_${setting}`;
}
