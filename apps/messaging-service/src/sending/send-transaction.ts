import { type ClockedFact, inTransaction, type MongoOutbox } from '@plaza/kafka';
import type { AnyBulkWriteOperation, ClientSession, Db } from 'mongodb';
import { lastMessageOf } from '../messages/new-message.js';
import { collections } from '../storage/collections.js';
import type { ConversationDocument } from '../storage/documents.js';
import { type Admitted, decide } from './admission.js';
import { type Circumstances, readCircumstances } from './circumstances.js';
import { Recent } from './recent.js';
import type { Batch, Outcome } from './send.js';

/** Stores the messages of a batch: in one transaction, whose snapshot also decides which of them are refused. */
export class SendTransaction {
  /** Conversations that are not direct, which they never become. */
  private readonly groups = new Recent(10_000);

  constructor(
    private readonly db: Db,
    private readonly outbox: MongoOutbox,
  ) {}

  /** @param within milliseconds after which it is not tried again */
  run(batch: Batch, within: number): Promise<Outcome[]> {
    return inTransaction(this.db, (session) => this.write(session, batch), within);
  }

  private async write(session: ClientSession, batch: Batch): Promise<Outcome[]> {
    const { outcomes, admitted } = decide(batch.sends, await this.read(session, batch));
    if (admitted.length === 0) return outcomes;
    const messages = admitted.map(({ sent }) => sent.message);
    // First the conversations: whoever else writes one of them conflicts here, before anything else was done.
    await collections.conversations(this.db).bulkWrite(moves(admitted), { session });
    await this.tellReceipts(session, admitted);
    await collections.messages(this.db).insertMany(messages, { session });
    await this.outbox.insert(session, admitted.flatMap(clockedFacts));
    return outcomes;
  }

  /** In conversations that are agreed to by a message, how far both have come was told nobody until now. */
  private async tellReceipts(session: ClientSession, admitted: Admitted[]): Promise<void> {
    const agreed = admitted.flatMap(({ to }) => (to.updated_at ? [to._id] : []));
    if (agreed.length === 0) return;
    const both = { conversation_id: { $in: agreed }, active: true };
    await collections.members(this.db).updateMany(both, { $set: { receipts_due: true } }, { session });
  }

  private async read(session: ClientSession, batch: Batch): Promise<Circumstances> {
    const direct = batch.sends.some(({ conversationId }) => !this.groups.has(conversationId));
    const seen = await readCircumstances(this.db, session, { ...batch, direct });
    for (const { _id, type } of seen.conversations.values()) if (type !== 'DIRECT') this.groups.add(_id);
    return seen;
  }
}

/** One update for each conversation. The values were read in the same snapshot: who changed them meanwhile conflicts. */
function moves(admitted: Admitted[]): AnyBulkWriteOperation<ConversationDocument>[] {
  const newest = new Map(admitted.map((one) => [one.to._id, one]));
  return [...newest.values()].map(({ to, sent: { message } }) => {
    const moved = { last_seq: to.last_seq, last_message: lastMessageOf(message), last_activity_at: message.created_at };
    const { clock, request, updated_at } = to;
    const update = { $set: { ...moved, clock, request, ...(updated_at && { updated_at }) } };
    return { updateOne: { filter: { _id: to._id }, update } };
  });
}

function clockedFacts({ send, facts, clock }: Admitted): ClockedFact[] {
  const { traceparent = null } = send;
  return facts.map((fact, index) => ({ fact, clock: clock - facts.length + 1 + index, traceparent }));
}
