import { Inject, Injectable } from '@nestjs/common';
import type { MessageUnseen } from '@plaza/contracts';
import { inTransaction, MongoOutbox } from '@plaza/kafka';
import { BACKGROUND, LOGGER } from '@plaza/service-kit';
import type { ClientSession, Db } from 'mongodb';
import type { Logger } from 'pino';
import { DueWork } from '../due-work/due-work.js';
import { portions } from '../due-work/portions.js';
import { severalAtOnce } from '../due-work/several-at-once.js';
import { collections, pairKey } from '../storage/collections.js';
import type { ConversationDocument, MessageDocument, UnseenCheckDocument } from '../storage/documents.js';
import { Lanes } from '../storage/lanes.js';
import { changeConversation, publishChange } from '../storage/publishing.js';
import { type Absentee, Absentees } from './absentees.js';
import { unseenFacts } from './unseen.facts.js';
import { UnseenChecks } from './unseen-checks.js';

const EVERY_MS = 1_000;
const CHECKS_AT_ONCE = 500;
/** Of all conversations that are looked at together. */
const MEMBERS_AT_ONCE = 1_000;
const CONVERSATIONS_AT_ONCE = 3;
const FACTS_AT_ONCE = 100;

/** A conversation with those of its messages that have waited. */
interface Waiting {
  conversation: Pick<ConversationDocument, '_id' | 'type' | 'name' | 'member_count'>;
  messages: MessageDocument[];
}

/** A message that was looked at, and what tells of it. */
interface Looked {
  check: UnseenCheckDocument;
  facts: MessageUnseen[];
}

/** Tells of messages that have waited for members who are away, each once. */
@Injectable()
export class UnseenTeller extends DueWork {
  constructor(
    @Inject(BACKGROUND) private readonly db: Db,
    @Inject(LOGGER) logger: Logger,
    private readonly checks: UnseenChecks,
    private readonly absentees: Absentees,
    private readonly outbox: MongoOutbox,
    private readonly lanes: Lanes,
  ) {
    super('telling of unseen messages', EVERY_MS, logger);
  }

  protected async doDue(): Promise<void> {
    const due = await this.checks.claim(CHECKS_AT_ONCE);
    if (due.length === 0) return;
    const factsOf = await this.look(await this.waiting(due));
    const looked = due.map((check) => ({ check, facts: factsOf.get(check._id) ?? [] }));
    // Most messages have been seen by then: together they are one write.
    await this.checks.drop(looked.flatMap(({ check, facts }) => (facts.length === 0 ? [check] : [])));
    const telling = looked.filter(({ facts }) => facts.length > 0);
    const groups = Map.groupBy(telling, ({ check }) => check.conversation_id);
    await severalAtOnce(CONVERSATIONS_AT_ONCE, groups, ([id, some]) => this.tell(id, some));
    if (due.length === CHECKS_AT_ONCE) this.wake();
  }

  private async tell(conversationId: string, looked: readonly Looked[]): Promise<void> {
    for (const portion of portions(looked, ({ facts }) => facts.length, FACTS_AT_ONCE)) {
      await this.lanes.run([conversationId], () =>
        inTransaction(this.db, (session) => this.publish(session, conversationId, portion)),
      );
    }
  }

  private async publish(session: ClientSession, conversationId: string, looked: readonly Looked[]): Promise<void> {
    const ended = await this.checks.end(
      session,
      looked.map(({ check }) => check),
    );
    const mine = new Set(ended.map(({ _id }) => _id));
    const facts = looked.filter(({ check }) => mine.has(check._id)).flatMap((it) => it.facts);
    if (facts.length === 0) return;
    const changed = await changeConversation(this.db, session, conversationId, { count: facts.length });
    if (changed) await publishChange(this.outbox, session, changed.clocks, facts);
  }

  private async waiting(checks: readonly UnseenCheckDocument[]): Promise<Waiting[]> {
    const messages = await collections
      .messages(this.db)
      .find({ _id: { $in: checks.map(({ _id }) => _id) }, deleted_at: null })
      .toArray();
    const groups = Map.groupBy(messages, ({ conversation_id }) => conversation_id);
    const conversations = await collections
      .conversations(this.db)
      .find({ _id: { $in: [...groups.keys()] }, 'request.state': { $ne: 'DECLINED' } })
      .project<Waiting['conversation']>({ type: 1, name: 1, member_count: 1 })
      .toArray();
    return conversations.map((conversation) => ({ conversation, messages: groups.get(conversation._id) ?? [] }));
  }

  /** What tells of each message, by its id: one look at the members of many conversations. */
  private async look(waiting: readonly Waiting[]): Promise<Map<string, MessageUnseen[]>> {
    const facts = new Map<string, MessageUnseen[]>();
    for (const some of portions(waiting, ({ conversation }) => conversation.member_count, MEMBERS_AT_ONCE)) {
      const absent = await this.absentees.of(some.map(lastOf));
      const senders = some.flatMap(({ messages }) => messages.map(({ sender_id }) => sender_id));
      const blocked = await this.absentees.blocked(absent, [...new Set(senders)]);
      const absentIn = Map.groupBy(absent, ({ conversation_id }) => conversation_id);
      for (const { conversation, messages } of some)
        for (const message of messages) {
          const recipients = recipientsOf(message, absentIn.get(conversation._id) ?? [], blocked);
          facts.set(message._id, unseenFacts(message, conversation, recipients));
        }
    }
    return facts;
  }
}

function lastOf({ conversation, messages }: Waiting): { conversationId: string; seq: number } {
  return { conversationId: conversation._id, seq: Math.max(...messages.map(({ seq }) => seq)) };
}

function recipientsOf(
  { seq, sender_id }: MessageDocument,
  absent: readonly Absentee[],
  blocked: ReadonlySet<string>,
): string[] {
  return absent
    .filter(({ joined_seq, read_seq }) => joined_seq < seq && read_seq < seq)
    .map(({ user_id }) => user_id)
    .filter((id) => id !== sender_id && !blocked.has(pairKey(sender_id, id)));
}
