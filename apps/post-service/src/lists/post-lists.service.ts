import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Forbidden, NotFound, type Page, type PageQuery, type Prepared, queryPrepared } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import type { DataSource } from 'typeorm';
import type { PostView } from '../posts/post.view.js';
import { normalHashtag } from '../text/parse-text.js';
import { accountVisible, blockBetween, postsMuted } from '../visibility/visible.js';
import { type PostList, PostPages, postList } from './post-pages.js';

const NOT_MUTED = `NOT EXISTS (${postsMuted('$1', 'p.author_id')})`;

const OF_AUTHOR: PostList = { name: 'posts-of-author', text: postList({ where: 'p.author_id = $4' }) };

const PUBLIC_FEED: PostList = {
  name: 'public-feed',
  text: postList({
    where: `p.privacy = 'PUBLIC' AND u.privacy_level = 'PUBLIC' AND p.content IS NOT NULL AND ${NOT_MUTED}`,
    ofWords: true,
  }),
};

const OF_HASHTAG: PostList = {
  name: 'posts-of-hashtag',
  text: postList({
    from: 'post_hashtags h JOIN posts p ON p.position = h.position LEFT JOIN user_cache u ON u.id = p.author_id',
    where: `h.tag = $4 AND ${NOT_MUTED}`,
    ofWords: true,
    place: 'h.position',
  }),
};

/** A rare word is best looked up in the index of words, a common one in the newest posts. */
const FOUND: PostList = {
  name: 'found-posts',
  plannedAnew: true,
  text: postList({
    where: `to_tsvector('simple', p.content) @@ websearch_to_tsquery('simple', $4) AND ${NOT_MUTED}`,
    ofWords: true,
  }),
};

const ACCOUNT: Prepared = {
  name: 'account-as-seen',
  text: `SELECT ${accountVisible('$1', 'u.id')} AS "shows" FROM user_cache u
          WHERE u.id = $2 AND NOT u.deleted AND u.account_status = 'ACTIVE'
            AND NOT EXISTS (${blockBetween('$1', 'u.id')})`,
};

/** Lists of posts as a viewer may see them, newest first. */
@Injectable()
export class PostListsService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly users: UserCache,
    private readonly pages: PostPages,
  ) {}

  async ofAuthor(viewer: string, authorId: string, query: PageQuery): Promise<Page<PostView>> {
    if (viewer !== authorId) await this.mayList(viewer, authorId);
    return this.pages.read(OF_AUTHOR, { viewer, of: authorId, query });
  }

  ofHashtag(viewer: string, tag: string, query: PageQuery): Promise<Page<PostView>> {
    return this.pages.read(OF_HASHTAG, { viewer, of: normalHashtag(tag), query });
  }

  found(viewer: string, words: string, query: PageQuery): Promise<Page<PostView>> {
    return this.pages.read(FOUND, { viewer, of: words, query });
  }

  /** What everybody says to everybody. */
  everybodys(viewer: string, query: PageQuery): Promise<Page<PostView>> {
    return this.pages.read(PUBLIC_FEED, { viewer, query });
  }

  private async mayList(viewer: string, authorId: string): Promise<void> {
    const account = (await this.account(viewer, authorId)) ?? (await this.newAccount(viewer, authorId));
    if (!account) throw new NotFound('USER_NOT_FOUND', 'There is no such user.');
    if (!account.shows) throw new Forbidden('POSTS_HIDDEN', 'This account does not show its posts to you.');
  }

  private async account(viewer: string, id: string): Promise<{ shows: boolean } | undefined> {
    const [account] = await queryPrepared<{ shows: boolean }>(this.database, ACCOUNT, [viewer, id]);
    return account;
  }

  /** Somebody who has only just registered is waited for. */
  private async newAccount(viewer: string, id: string): Promise<{ shows: boolean } | undefined> {
    return (await this.users.find(id, { wait: true })) && this.account(viewer, id);
  }
}
