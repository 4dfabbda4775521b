import { Inject, Injectable } from '@nestjs/common';
import type { ConversationMemberAdded, MessageSent } from '@plaza/contracts';
import { factId } from '@plaza/kafka';
import { BACKGROUND, CONFIG } from '@plaza/service-kit';
import type { ClientSession, Db, Document } from 'mongodb';
import type { MessagingConfig } from '../config.js';
import { collections } from '../storage/collections.js';
import { addToDay, dayOf, joinsOf, type UsageAddition } from './usage-day.js';

/** Keeps what is to be counted: of messages, however many members a conversation has, one document for each run of facts. */
@Injectable()
export class UsageCounts {
  constructor(
    @Inject(BACKGROUND) private readonly db: Db,
    @Inject(CONFIG) private readonly config: MessagingConfig,
  ) {}

  /** Members have them counted later, together with what else comes until then. */
  async addMessages(session: ClientSession, messages: readonly MessageSent[]): Promise<void> {
    const groups = Map.groupBy(messages, ({ conversationId, createdAt }) => `${conversationId} ${dayOf(createdAt)}`);
    const due_at = { $add: ['$$NOW', this.config.usageEvery] };
    const writes = [...groups.values()].flatMap(([first, ...others]) => {
      if (!first) return [];
      const batch = {
        conversation_id: first.conversationId,
        day: dayOf(first.createdAt),
        messages: [first, ...others].map(({ seq, senderId, createdAt }) => {
          return { seq, sender_id: senderId, at: new Date(createdAt) };
        }),
        after: '',
      };
      const update: Document[] = [{ $set: { ...batch, due_at } }];
      return [{ updateOne: { filter: { _id: factId() }, update, upsert: true } }];
    });
    if (writes.length > 0) await collections.usageBatches(this.db).bulkWrite(writes, { session });
  }

  async addMembers(session: ClientSession, members: readonly ConversationMemberAdded[]): Promise<void> {
    await this.add(session, joinsOf(members));
  }

  async add(session: ClientSession, additions: readonly UsageAddition[]): Promise<void> {
    const writes = additions.map((addition) => addToDay(addition, this.config.usageEvery));
    if (writes.length > 0) await collections.usageDays(this.db).bulkWrite(writes, { session });
  }
}
