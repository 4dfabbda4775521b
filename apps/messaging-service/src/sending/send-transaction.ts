import { type ClockedFact, inTransaction, type MongoOutbox } from '@plaza/kafka';
import type { AnyBulkWriteOperation, ClientSession, Db } from 'mongodb';
import { lastMessageOf } from '../messages/new-message.js';
import { collections } from '../storage/collections.js';
import type { ConversationDocument } from '../storage/documents.js';
import { type Admitted, decide } from './admission.js';
import { readCircumstances } from './circumstances.js';
import type { Outcome, Send } from './send.js';

/** Stores the messages of a batch: in one transaction, whose snapshot also decides which of them are refused. */
export class SendTransaction {
  constructor(
    private readonly db: Db,
    private readonly outbox: MongoOutbox,
  ) {}

  /**
   * @param again an earlier try of these sends may have been committed
   * @param within milliseconds after which it is not tried again
   */
  run(sends: readonly Send[], o: { again: boolean; within: number }): Promise<Outcome[]> {
    return inTransaction(this.db, (session) => this.write(session, { sends, again: o.again }), o.within);
  }

  private async write(session: ClientSession, batch: { sends: readonly Send[]; again: boolean }): Promise<Outcome[]> {
    const { outcomes, admitted } = decide(batch.sends, await readCircumstances(this.db, session, batch));
    if (admitted.length === 0) return outcomes;
    const messages = admitted.map(({ sent }) => sent.message);
    // First the conversations: whoever else writes one of them conflicts here, before anything else was done.
    await collections.conversations(this.db).bulkWrite(moves(admitted), { session });
    await collections.messages(this.db).insertMany(messages, { session });
    await this.outbox.insert(session, admitted.flatMap(clockedFacts));
    return outcomes;
  }
}

/** One update for each conversation. The values were read in the same snapshot: who changed them meanwhile conflicts. */
function moves(admitted: Admitted[]): AnyBulkWriteOperation<ConversationDocument>[] {
  const newest = new Map(admitted.map((one) => [one.to._id, one]));
  return [...newest.values()].map(({ to, sent: { message } }) => {
    const moved = { last_seq: to.last_seq, last_message: lastMessageOf(message), last_activity_at: message.created_at };
    const update = { $set: { ...moved, clock: to.clock, request: to.request } };
    return { updateOne: { filter: { _id: to._id }, update } };
  });
}

function clockedFacts({ send, facts, clock }: Admitted): ClockedFact[] {
  const { traceparent = null } = send;
  return facts.map((fact, index) => ({ fact, clock: clock - facts.length + 1 + index, traceparent }));
}
