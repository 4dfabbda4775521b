import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Jobs } from '@plaza/service-kit';
import type { EntityManager } from 'typeorm';
import type { PostConfig } from '../config.js';

export const THRESHOLD_JOB = 'feed.threshold';

// Fewer readers than the threshold, so that an author near it does not go back and forth.
const BACK_AT = 0.8;

/**
 * Which authors' posts are written to timelines, and which are looked up when the feed is read. At every moment, for each
 * reader of an author: the author's posts are written (`authors.fans_out`), or the reader looks them up (`relations.merged`).
 */
@Injectable()
export class AuthorModes {
  constructor(
    @Inject(CONFIG) private readonly config: PostConfig,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Has those of the authors whose readers became too many, or few enough again, go over to the other way. The author's lock
   * is held alone. What takes longer is left to a job that looks at the state, so it does not matter how often it turns.
   */
  async review(manager: EntityManager, authorIds: string[]): Promise<void> {
    const { feedThreshold } = this.config;
    const turned = await manager.query<Array<{ authorId: string }>>(TURN, [
      [...new Set(authorIds)],
      feedThreshold,
      feedThreshold * BACK_AT,
    ]);
    for (const { authorId } of turned) {
      await this.jobs.add(manager, THRESHOLD_JOB, { authorId }, { uniqueKey: authorId, maxAttempts: 100 });
    }
  }
}

// Those who come now are merged at once; the author goes on writing until all are. Back again it writes at once.
const TURN = `
  WITH turned AS (
    UPDATE authors SET merges = NOT merges, fans_out = fans_out OR merges
     WHERE author_id = ANY ($1) AND CASE WHEN merges THEN readers_count < $3::numeric ELSE readers_count > $2 END
    RETURNING author_id
  )
  SELECT author_id AS "authorId" FROM turned`;
