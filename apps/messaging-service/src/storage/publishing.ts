import { advancedClock, type MongoOutbox } from '@plaza/kafka';
import type { ClientSession, Db, Document } from 'mongodb';
import { collections } from './collections.js';
import type { ConversationDocument } from './documents.js';

/** A conversation after a change, with the clocks of the facts that tell of it. */
export interface ChangedConversation {
  conversation: ConversationDocument;
  /** As many as were asked for, rising. */
  clocks: number[];
}

export interface ConversationChange {
  /** How many facts and frames with the conversation's id as key are to be published. */
  count: number;
  /** Fields to be set, as in a `$set` stage of a pipeline: texts of users belong into a `$literal`. */
  set?: Document;
}

/**
 * Changes a conversation and draws the clocks of what is published with its id as key, in one operation. All such facts draw
 * theirs here (or in the batches of `sending/`), for Kafka gets those of one key in the order of their clocks, and because
 * each writer writes the document, two transactions of one conversation conflict and the later one is run again.
 * @returns undefined where there is no such conversation
 */
export async function changeConversation(
  db: Db,
  session: ClientSession,
  id: string,
  { count, set = {} }: ConversationChange,
): Promise<ChangedConversation | undefined> {
  const update = [{ $set: { ...set, clock: advancedClock('$clock', count) } }];
  const conversation = await collections
    .conversations(db)
    .findOneAndUpdate({ _id: id }, update, { session, returnDocument: 'after' });
  if (!conversation) return undefined;
  return { conversation, clocks: clocksUpTo(conversation.clock, count) };
}

/** The clocks that an advance by `count` has drawn, rising; `last` is what the document says afterwards. */
export function clocksUpTo(last: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => last - count + 1 + index);
}

/** Publishes facts and frames of a changed conversation, each with its clock. */
export async function publishChange(
  outbox: MongoOutbox,
  session: ClientSession,
  clocks: number[],
  facts: object[],
): Promise<void> {
  if (clocks.length !== facts.length) throw new Error(`${facts.length} facts have ${clocks.length} clocks`);
  await outbox.insert(
    session,
    facts.flatMap((fact, index) => {
      const clock = clocks[index];
      return clock === undefined ? [] : [{ fact, clock }];
    }),
  );
}
