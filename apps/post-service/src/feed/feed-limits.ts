import { Injectable } from '@nestjs/common';

/** How much is done at once. No settings: nobody has a reason to change them, but tests, which want less of everything. */
@Injectable()
export class FeedLimits {
  /** Readers of an author to whose timelines a post is written in the transaction of the fact. For more there is a job. */
  inlineReaders = 500;
  /** Readers in one transaction of a job. */
  batchReaders = 1_000;
  /** The same where each of them is given up to `kept` entries. */
  backfillReaders = 50;
  /** Entries of a timeline after it was trimmed. */
  kept = 1_000;
  /** Entries up to which it is left alone. */
  keptAtMost = 1_100;
}
