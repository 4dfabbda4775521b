import { Inject, Injectable } from '@nestjs/common';
import type { MessageSent } from '@plaza/contracts';
import { BACKGROUND, CONFIG } from '@plaza/service-kit';
import type { ClientSession, Db, Filter } from 'mongodb';
import type { MessagingConfig } from '../config.js';
import { claimDue } from '../due-work/claims.js';
import { collections } from '../storage/collections.js';
import type { UnseenCheckDocument } from '../storage/documents.js';

/** The messages that are to be looked at once more. */
@Injectable()
export class UnseenChecks {
  constructor(
    @Inject(BACKGROUND) private readonly db: Db,
    @Inject(CONFIG) private readonly config: MessagingConfig,
  ) {}

  /** Of what has happened in a conversation nobody is told who was away. */
  async add(session: ClientSession, messages: readonly MessageSent[]): Promise<void> {
    const writes = messages
      .filter(({ type }) => type !== 'SYSTEM')
      .map(({ id, conversationId, seq, senderId, createdAt }) => {
        const due_at = new Date(Date.parse(createdAt) + this.config.unseenAfter);
        const check = { conversation_id: conversationId, seq, sender_id: senderId, due_at };
        return { updateOne: { filter: { _id: id }, update: { $setOnInsert: check }, upsert: true } };
      });
    if (writes.length > 0) await collections.unseenChecks(this.db).bulkWrite(writes, { session });
  }

  claim(limit: number): Promise<UnseenCheckDocument[]> {
    return claimDue<UnseenCheckDocument>(this.db, 'unseen_checks', { limit });
  }

  /** Forgets checks of which there is nothing to tell, but those that another process has claimed since. */
  async drop(checks: readonly UnseenCheckDocument[]): Promise<void> {
    if (checks.length > 0) await collections.unseenChecks(this.db).deleteMany(claimed(checks));
  }

  /** Ends checks, and gives those that no other process has claimed since, or ended. */
  async end(session: ClientSession, checks: readonly UnseenCheckDocument[]): Promise<UnseenCheckDocument[]> {
    const mine = claimed(checks);
    const ended = await collections.unseenChecks(this.db).find(mine, { session }).toArray();
    await collections.unseenChecks(this.db).deleteMany(mine, { session });
    return ended;
  }
}

function claimed(checks: readonly UnseenCheckDocument[]): Filter<UnseenCheckDocument> {
  return { _id: { $in: checks.map(({ _id }) => _id) }, claim: checks[0]?.claim };
}
