import type { PrivacyLevel } from '@plaza/contracts';
import { parseText } from '../text/parse-text.js';
import type { PostFields } from './post-facts.js';

export interface PostDraft {
  authorId: string;
  /** Null: a share without words. */
  content: string | null;
  privacy: PrivacyLevel;
  linkUrl?: string;
  shared?: { id: string; authorId: string };
}

/** A post that has not been written yet. */
export interface NewPost extends PostFields {
  sharedPostAuthorId: string | null;
  /** Whom its words may mention. */
  usernames: string[];
}

export function newPost(draft: PostDraft, { id, now }: { id: string; now: Date }): NewPost {
  const { authorId, content, privacy, linkUrl, shared } = draft;
  return {
    ...{ id, authorId, content, privacy, ...parseText(content) },
    type: linkUrl === undefined ? 'TEXT' : 'LINK',
    linkUrl: linkUrl ?? null,
    sharedPostId: shared?.id ?? null,
    sharedPostAuthorId: shared?.authorId ?? null,
    createdAt: now,
    editedAt: null,
  };
}
