import type { OutboxParameters } from '@plaza/kafka';
import type { Prepared } from '@plaza/service-kit';
import { accountNotActive } from '../visibility/active-account.js';
import { active, type PersonColumns, personColumns } from '../visibility/people.js';
import type { NewPost } from './new-post.js';
import type { PostRow } from './post-row.js';

/** What comes back for a post that was written: where it stands, and its author. */
export interface InsertedRow extends PersonColumns {
  position: string;
}

const FIRST_OF_FACT = 11;

/**
 * A post, its fact and its hashtags in one statement, which does nothing where the author's account is not active.
 * @param created the fact that tells of it
 */
export function postInsert(
  post: NewPost,
  mentionedUserIds: readonly string[],
  created: OutboxParameters,
): Prepared & { values: unknown[] } {
  const { id, authorId, type, content, privacy, linkUrl, sharedPostId, hashtags, createdAt } = post;
  const tagged = hashtags.length > 0;
  return {
    name: tagged ? 'insert-post-with-hashtags' : 'insert-post',
    text: insertText(created, tagged),
    values: [
      ...[id, authorId, type, content, privacy, linkUrl, sharedPostId, hashtags, mentionedUserIds, createdAt],
      ...created.values,
    ],
  };
}

function insertText({ call }: OutboxParameters, tagged: boolean): string {
  return `
    WITH added AS (
      INSERT INTO posts (id, author_id, type, content, privacy, link_url, shared_post_id, hashtags, mentioned_user_ids,
                         created_at, updated_at, position)
      SELECT $1::uuid, $2::uuid, $3, $4, $5, $6, $7::uuid, $8::text[], $9::uuid[],
             $10::timestamptz, $10, ${call(FIRST_OF_FACT)}
       WHERE ${active('$2')}
      RETURNING position
    )${tagged ? ', tags AS (INSERT INTO post_hashtags (tag, position) SELECT unnest($8), position FROM added)' : ''}
    SELECT added.position, ${personColumns('u')} FROM added LEFT JOIN user_cache u ON u.id = $2`;
}

/** @throws Forbidden ACCOUNT_NOT_ACTIVE where nothing was written */
export function insertedRow([row]: readonly InsertedRow[]): InsertedRow {
  if (!row) throw accountNotActive();
  return row;
}

/** The post as a read would give it now that it is new. */
export function newPostRow(post: NewPost, mentionedUserIds: string[], inserted: InsertedRow): PostRow {
  const { sharedPostAuthorId, usernames, ...fields } = post;
  const nobodyYet = { likeCount: 0, commentCount: 0, shareCount: 0, likedByMe: false, bookmarkedByMe: false };
  return { ...fields, ...inserted, ...nobodyYet, mentionedUserIds };
}
