import { rows } from './checker.js';
import type { Ledger } from './ledger.js';
import type { Platform } from './platform.js';

/** What is there and nobody asked for, what was answered and is not there, and what is there twice, each as one line. */
export async function wrongDeeds(platform: Platform, ledger: Ledger): Promise<string[]> {
  const [texts, states] = await Promise.all([textsIn(platform), statesIn(platform)]);
  const lacking = [...ledger.states].filter(([state, stands]) => stands && !states.has(state));
  const tooMany = [...states].filter((state) => !ledger.states.has(state) || ledger.states.get(state) === false);
  return [
    ...[...ledger.texts].flatMap(([word, id]) => wrongText(word, id, texts.get(word) ?? [])),
    ...[...texts.keys()].filter((word) => !ledger.texts.has(word)).map((word) => `nobody wrote ${word}`),
    ...lacking.map(([state]) => `not there: ${state}`),
    ...tooMany.map((state) => `there: ${state}`),
  ];
}

function wrongText(word: string, id: string | undefined, ids: string[]): string[] {
  const right = id === undefined ? ids.length <= 1 : ids.join() === id;
  return right ? [] : [`${word}: ${ids}, should be ${id ?? 'one or none'}`];
}

async function textsIn(platform: Platform): Promise<Map<string, string[]>> {
  const found = await rows<{ word: string; ids: string[] }>(
    platform,
    'post_service',
    `SELECT split_part(content, ' ', 1) AS word, array_agg(id) AS ids
       FROM (SELECT id, content FROM posts WHERE content IS NOT NULL UNION ALL SELECT id, content FROM comments) AS texts
      GROUP BY 1`,
  );
  return new Map(found.map(({ word, ids }) => [word, ids]));
}

async function statesIn(platform: Platform): Promise<Set<string>> {
  const inPosts = await rows<{ state: string }>(
    platform,
    'post_service',
    `SELECT format('like %s %s', user_id, post_id) AS state FROM post_likes
     UNION ALL SELECT format('like %s %s', user_id, comment_id) FROM comment_likes
     UNION ALL SELECT format('share %s %s', author_id, shared_post_id) FROM posts
                WHERE content IS NULL AND deleted_at IS NULL
     UNION ALL SELECT 'deleted ' || split_part(content, ' ', 1) FROM posts
                WHERE content IS NOT NULL AND deleted_at IS NOT NULL
     UNION ALL SELECT 'deleted ' || split_part(content, ' ', 1) FROM comments WHERE deleted_at IS NOT NULL
     UNION ALL SELECT 'private ' || split_part(content, ' ', 1) FROM posts WHERE privacy = 'PRIVATE'
     UNION ALL SELECT 'edited ' || split_part(content, ' ', 1) FROM posts WHERE content LIKE '% edited'`,
  );
  const follows = await rows<{ state: string }>(
    platform,
    'social_service',
    `SELECT format('follow %s %s', follower_id, following_id) AS state FROM follows`,
  );
  return new Set([...inPosts, ...follows].map(({ state }) => state));
}
