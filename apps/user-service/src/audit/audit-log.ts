import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

export interface AuditEntry {
  /** Who did it; null: nobody who is signed in. */
  actorId: string | null;
  action: 'REFRESH_TOKEN_REUSED';
  resourceType: 'session';
  resourceId: string;
  details: Record<string, string | number | boolean | null>;
  ip: string | null;
}

/** What must not be denied later. The database numbers, dates and chains the entries, and lets nobody change them. */
@Injectable()
export class AuditLog {
  /**
   * Appends an entry in the transaction of what it tells of. Entries are written one at a time until that transaction
   * ends, so let it be its last act.
   */
  async append(manager: EntityManager, entry: AuditEntry): Promise<void> {
    await manager.query(
      `INSERT INTO audit_logs (actor_id, action, resource_type, resource_id, details, ip)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [entry.actorId, entry.action, entry.resourceType, entry.resourceId, entry.details, entry.ip],
    );
  }
}
