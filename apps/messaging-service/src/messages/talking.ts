import { Injectable } from '@nestjs/common';
import { Forbidden } from '@plaza/service-kit';
import { UserCache, type UserCacheEntry } from '@plaza/user-cache';
import { refuseWhileUnanswered } from '../conversations/permissions.js';
import { Relations } from '../relations/relations.js';
import type { ConversationDocument } from '../storage/documents.js';

type Conversation = Pick<ConversationDocument, 'type' | 'member_preview' | 'request' | 'last_seq'>;

/** Whether somebody may say anything to the others: also by an edit, a reaction, a pin or another name. */
@Injectable()
export class Talking {
  constructor(
    private readonly users: UserCache,
    private readonly relations: Relations,
  ) {}

  /** Where it does not matter who the others are. @throws Forbidden ACCOUNT_NOT_ACTIVE */
  async expectActive(userId: string): Promise<void> {
    mustBeActive((await this.users.findMany([userId])).get(userId));
  }

  /** Asked before the transaction of a change, which shall not wait for a second connection. @throws Forbidden */
  async expectAllowed(userId: string, conversation: Conversation): Promise<void> {
    const other = otherOf(userId, conversation);
    const people = await this.users.findMany(other ? [userId, other] : [userId]);
    mustBeActive(people.get(userId));
    if (!other) return;
    refuseWhileUnanswered(userId, conversation);
    const isDeclined = conversation.request?.state === 'DECLINED' && conversation.request.by === userId;
    const isBlocked = (await this.relations.blockBetween([[userId, other]])).size > 0;
    // Which of them it is tells something of the other, so nobody is told.
    if (isDeclined || isBlocked || isGone(people.get(other)))
      throw new Forbidden('MESSAGE_NOT_ALLOWED', 'You can’t send messages here.');
  }
}

function otherOf(userId: string, { type, member_preview }: Conversation): string | undefined {
  return type === 'DIRECT' ? member_preview.find((id) => id !== userId) : undefined;
}

function isGone(entry: UserCacheEntry | undefined): boolean {
  return entry !== undefined && (entry.deleted || entry.accountStatus === 'DELETED');
}

// Who is not known yet is new.
function mustBeActive(entry: UserCacheEntry | undefined): void {
  if (entry && (entry.deleted || entry.accountStatus !== 'ACTIVE'))
    throw new Forbidden('ACCOUNT_NOT_ACTIVE', 'Your account is not active.');
}
