import type { PostType, PrivacyLevel } from '@plaza/contracts';
import { type PersonColumns, personColumns } from '../visibility/people.js';

/** A post with its author and what the viewer has to do with it, as the reads select it. */
export interface PostRow extends PersonColumns {
  id: string;
  position: string;
  type: PostType;
  content: string | null;
  privacy: PrivacyLevel;
  linkUrl: string | null;
  sharedPostId: string | null;
  hashtags: string[];
  mentionedUserIds: string[];
  likeCount: number;
  commentCount: number;
  shareCount: number;
  likedByMe: boolean;
  bookmarkedByMe: boolean;
  createdAt: Date;
  editedAt: Date | null;
  authorId: string;
}

/** Where posts are read from: `p` is the post, `u` its author. */
export const POST_FROM = 'posts p LEFT JOIN user_cache u ON u.id = p.author_id';

/** The columns of a PostRow. @param viewer placeholder of the viewer's id */
export function postColumns(viewer: string): string {
  return `p.id, p.position, p.type, p.content, p.privacy, p.link_url AS "linkUrl", p.shared_post_id AS "sharedPostId",
    p.hashtags, p.mentioned_user_ids AS "mentionedUserIds", p.like_count AS "likeCount",
    p.comment_count AS "commentCount", p.share_count AS "shareCount", p.created_at AS "createdAt", p.edited_at AS "editedAt",
    EXISTS (SELECT FROM post_likes l WHERE l.post_id = p.id AND l.user_id = ${viewer}) AS "likedByMe",
    EXISTS (SELECT FROM bookmarks k WHERE k.post_id = p.id AND k.user_id = ${viewer}) AS "bookmarkedByMe",
    p.author_id AS "authorId", ${personColumns('u')}`;
}
