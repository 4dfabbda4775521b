import { Injectable } from '@nestjs/common';
import { DeadLetters, Replayer, Republisher } from '@plaza/kafka';
import { type JobHandler, JobKind } from './job.js';

/** What an operator asks of a running service by adding a job to its table (`npm run plaza -- ...`). */
export interface OperatorJobs {
  'kafka.republish': { topic: string };
  /** `from`: `beginning` or an ISO time. */
  'kafka.replay': { consumer: string; from: string };
  'dead-letters.replay': { consumer?: string; topic?: string; key?: string };
}

/** What comes of it. */
export interface OperatorResults {
  'kafka.republish': { published: number };
  'kafka.replay': { applied: number };
  'dead-letters.replay': { applied: number; remaining: number };
}

/** Publishes a state topic anew from the tables. */
@Injectable()
@JobKind({ kind: 'kafka.republish', concurrency: 1 })
export class RepublishJob implements JobHandler<OperatorJobs['kafka.republish']> {
  constructor(private readonly republisher: Republisher) {}

  async run({ topic }: OperatorJobs['kafka.republish']): Promise<OperatorResults['kafka.republish']> {
    return { published: await this.republisher.republish(topic) };
  }
}

/** Has a consumer read its topics again. */
@Injectable()
@JobKind({ kind: 'kafka.replay', concurrency: 1 })
export class ReplayJob implements JobHandler<OperatorJobs['kafka.replay']> {
  constructor(private readonly replayer: Replayer) {}

  async run({ consumer, from }: OperatorJobs['kafka.replay']): Promise<OperatorResults['kafka.replay']> {
    return { applied: await this.replayer.replay(consumer, from === 'beginning' ? from : new Date(from)) };
  }
}

/** Applies dead letters in their order. */
@Injectable()
@JobKind({ kind: 'dead-letters.replay', concurrency: 1 })
export class DeadLettersReplayJob implements JobHandler<OperatorJobs['dead-letters.replay']> {
  constructor(private readonly deadLetters: DeadLetters) {}

  async run(filter: OperatorJobs['dead-letters.replay']): Promise<OperatorResults['dead-letters.replay']> {
    return this.deadLetters.replay(filter);
  }
}
