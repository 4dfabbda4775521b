import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { MessageUnseen } from '@plaza/contracts';
import { inTransaction, MongoOutbox } from '@plaza/kafka';
import { BACKGROUND, LOGGER, Ticker } from '@plaza/service-kit';
import type { ClientSession, Db } from 'mongodb';
import type { Logger } from 'pino';
import { severalAtOnce } from '../due-work/several-at-once.js';
import { collections, pairKey } from '../storage/collections.js';
import type { MessageDocument, UnseenCheckDocument } from '../storage/documents.js';
import { Lanes } from '../storage/lanes.js';
import { changeConversation, publishChange } from '../storage/publishing.js';
import { type Absentee, Absentees } from './absentees.js';
import { unseenFacts } from './unseen.facts.js';
import { UnseenChecks } from './unseen-checks.js';

const EVERY_MS = 500;
const CHECKS_AT_ONCE = 500;
const CONVERSATIONS_AT_ONCE = 3;
/** From as many on a transaction takes no further messages. */
const FACTS_AT_ONCE = 100;

/** A message that was looked at, and what tells of it. */
interface Looked {
  check: UnseenCheckDocument;
  facts: MessageUnseen[];
}

/** Tells of messages that have waited for members who are away, each once. */
@Injectable()
export class UnseenTeller implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly ticker: Ticker;

  constructor(
    @Inject(BACKGROUND) private readonly db: Db,
    @Inject(LOGGER) logger: Logger,
    private readonly checks: UnseenChecks,
    private readonly absentees: Absentees,
    private readonly outbox: MongoOutbox,
    private readonly lanes: Lanes,
  ) {
    this.ticker = new Ticker('telling of unseen messages', EVERY_MS, () => this.tellDue(), logger);
  }

  onApplicationBootstrap(): void {
    this.ticker.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.ticker.stop();
  }

  private async tellDue(): Promise<void> {
    const due = await this.checks.claim(CHECKS_AT_ONCE);
    const groups = Map.groupBy(due, ({ conversation_id }) => conversation_id);
    await severalAtOnce(CONVERSATIONS_AT_ONCE, groups, ([id, checks]) => this.tell(id, checks));
    if (due.length === CHECKS_AT_ONCE) this.ticker.wake();
  }

  private async tell(conversationId: string, checks: readonly UnseenCheckDocument[]): Promise<void> {
    for (const portion of portions(await this.look(conversationId, checks))) {
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

  /** One look at the conversation and its members, however many of its messages wait. */
  private async look(conversationId: string, checks: readonly UnseenCheckDocument[]): Promise<Looked[]> {
    const conversation = await collections.conversations(this.db).findOne({ _id: conversationId });
    const ids = checks.map(({ _id }) => _id);
    const found = await collections
      .messages(this.db)
      .find({ _id: { $in: ids }, deleted_at: null })
      .toArray();
    const messages = new Map(found.map((message) => [message._id, message]));
    if (!conversation || conversation.request?.state === 'DECLINED') messages.clear();
    const last = Math.max(...checks.map(({ seq }) => seq));
    const absent = messages.size === 0 ? [] : await this.absentees.of(conversationId, last);
    const senders = [...new Set(found.map(({ sender_id }) => sender_id))];
    const blocked = await this.absentees.blocked(absent, senders);
    return checks.map((check) => {
      const message = messages.get(check._id);
      if (!message || !conversation) return { check, facts: [] };
      return { check, facts: unseenFacts(message, conversation, recipientsOf(message, absent, blocked)) };
    });
  }
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

/** In their order, as many together as one transaction takes. */
function portions(all: readonly Looked[]): Looked[][] {
  const result: Looked[][] = [];
  let count = FACTS_AT_ONCE;
  for (const looked of all) {
    if (count >= FACTS_AT_ONCE) {
      result.push([]);
      count = 0;
    }
    result.at(-1)?.push(looked);
    count += looked.facts.length;
  }
  return result;
}
