import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { inTransaction, MongoOutbox } from '@plaza/kafka';
import { BACKGROUND, LOGGER, Ticker } from '@plaza/service-kit';
import type { Db } from 'mongodb';
import type { Logger } from 'pino';
import { severalAtOnce } from '../due-work/several-at-once.js';
import { collections } from '../storage/collections.js';
import type { UnseenCheckDocument } from '../storage/documents.js';
import { Lanes } from '../storage/lanes.js';
import { changeConversation, publishChange } from '../storage/publishing.js';
import { Absentees } from './absentees.js';
import { unseenFacts } from './unseen.facts.js';
import { UnseenChecks } from './unseen-checks.js';

const EVERY_MS = 500;
const CHECKS_AT_ONCE = 100;
const TRANSACTIONS_AT_ONCE = 3;

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
    await severalAtOnce(TRANSACTIONS_AT_ONCE, due, (check) => this.tell(check));
    if (due.length === CHECKS_AT_ONCE) this.ticker.wake();
  }

  private async tell(check: UnseenCheckDocument): Promise<void> {
    const facts = await this.factsOf(check);
    await this.lanes.run([check.conversation_id], () =>
      inTransaction(this.db, async (session) => {
        if (!(await this.checks.end(session, check)) || facts.length === 0) return;
        const changed = await changeConversation(this.db, session, check.conversation_id, { count: facts.length });
        if (changed) await publishChange(this.outbox, session, changed.clocks, facts);
      }),
    );
  }

  private async factsOf(check: UnseenCheckDocument) {
    const message = await collections.messages(this.db).findOne({ _id: check._id });
    const conversation = await collections.conversations(this.db).findOne({ _id: check.conversation_id });
    if (!message || message.deleted_at || !conversation || conversation.request?.state === 'DECLINED') return [];
    return unseenFacts(message, conversation, await this.absentees.of(check));
  }
}
