import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Outbox } from '@plaza/kafka';
import { transaction } from '@plaza/service-kit';
import { DataSource } from 'typeorm';
import { requireMatch } from './etag.js';
import { type PrivacySettings, privacyOf } from './privacy-settings.js';
import { requireActive } from './user.entity.js';
import { userUpdated } from './user-facts.js';
import { lockUser, profileValues, SAVE_PROFILE, type UserRow } from './user-row.js';
import type { UpdateProfile } from './users.dto.js';

/** What users change of themselves. */
@Injectable()
export class ProfilesService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly outbox: Outbox,
  ) {}

  /** Changes the profile; what is absent stays. @throws PreconditionFailed, Forbidden (account not active) */
  update(userId: string, changes: UpdateProfile, ifMatch?: string): Promise<UserRow> {
    return this.change(userId, ifMatch, (row) => ({ ...row, ...withoutAbsent(changes) }));
  }

  /** Replaces all privacy settings. @throws PreconditionFailed, Forbidden (account not active) */
  replacePrivacy(userId: string, settings: PrivacySettings, ifMatch?: string): Promise<UserRow> {
    return this.change(userId, ifMatch, (row) => ({ ...row, privacySettings: privacyOf(settings) }));
  }

  private change(userId: string, ifMatch: string | undefined, edit: (row: UserRow) => UserRow): Promise<UserRow> {
    return transaction(this.database, async (manager) => {
      const before = await lockUser(manager, userId);
      requireActive(before.status);
      requireMatch(before.version, ifMatch);
      const after = edit(before);
      if (sameValues(before, after)) return before;
      after.version = await this.outbox.add(manager, userUpdated(after));
      await manager.query(SAVE_PROFILE, profileValues(after));
      return after;
    });
  }
}

/** A body's absent fields are undefined properties of its class; spread over the row they would erase it. */
function withoutAbsent(changes: UpdateProfile): Partial<UserRow> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function sameValues(before: UserRow, after: UserRow): boolean {
  return JSON.stringify(profileValues(before)) === JSON.stringify(profileValues(after));
}
