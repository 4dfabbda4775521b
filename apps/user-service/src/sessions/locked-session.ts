import type { AccountStatus } from '@plaza/contracts';
import type { Role } from '@plaza/service-kit';
import type { EntityManager } from 'typeorm';
import { User } from '../users/user.entity.js';
import { UserSession } from './user-session.entity.js';

/** A session whose row is locked, its account, and what time it is for the database: the instances' clocks may differ. */
export interface LockedSession {
  session: UserSession;
  role: Role;
  status: AccountStatus;
  now: Date;
}

export async function lockSession(manager: EntityManager, id: string): Promise<LockedSession | undefined> {
  const found = await manager
    .createQueryBuilder(UserSession, 's')
    .innerJoin(User, 'u', 'u.id = s.userId')
    .addSelect(['u.role AS role', 'u.status AS status', 'clock_timestamp() AS now'])
    .where('s.id = :id', { id })
    .setLock('pessimistic_write', undefined, ['s'])
    .getRawAndEntities<Omit<LockedSession, 'session'>>();
  const [session] = found.entities;
  const [account] = found.raw;
  return session && account && { session, role: account.role, status: account.status, now: account.now };
}
