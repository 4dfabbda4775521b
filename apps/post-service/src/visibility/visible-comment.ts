import { shown } from './people.js';
import { visible } from './visible.js';

/** Where comments are read from: `c` is the comment, `a` its author, `p` its post, `u` the post's author. */
export const COMMENT_FROM = `comments c LEFT JOIN user_cache a ON a.id = c.author_id
  JOIN posts p ON p.id = c.post_id LEFT JOIN user_cache u ON u.id = p.author_id`;

/** Who may see a comment, or that there was one: who sees the post, and the author of the comment. @param viewer placeholder */
export function commentVisible(viewer: string): string {
  return `${visible(viewer)} AND ${shown(viewer, 'c.author_id', 'a')}`;
}
