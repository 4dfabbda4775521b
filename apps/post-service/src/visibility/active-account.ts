import { Forbidden } from '@plaza/service-kit';
import type { EntityManager } from 'typeorm';
import { active } from './people.js';

/** @throws Forbidden ACCOUNT_NOT_ACTIVE where somebody may not write any more */
export async function mustBeActive(manager: EntityManager, person: string): Promise<void> {
  const [answer] = await manager.query<Array<{ active: boolean }>>(`SELECT ${active('$1')} AS active`, [person]);
  if (!answer?.active) throw accountNotActive();
}

export function accountNotActive(): Forbidden {
  return new Forbidden('ACCOUNT_NOT_ACTIVE', 'Your account is not active.');
}
