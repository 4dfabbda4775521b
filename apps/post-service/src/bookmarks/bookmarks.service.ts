import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Page, PageQuery } from '@plaza/service-kit';
import type { DataSource } from 'typeorm';
import { type PostList, PostPages, postList } from '../lists/post-pages.js';
import type { PostView } from '../posts/post.view.js';
import { PostReads, postNotFound } from '../posts/post-reads.js';

const BOOKMARKED: PostList = {
  name: 'bookmarks',
  text: postList({
    from: 'bookmarks kept JOIN posts p ON p.id = kept.post_id LEFT JOIN user_cache u ON u.id = p.author_id',
    where: 'kept.user_id = $4',
    place: 'kept.position',
  }),
};

/** Posts that somebody keeps for later. Nobody else hears of it. */
@Injectable()
export class BookmarksService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly reads: PostReads,
    private readonly pages: PostPages,
  ) {}

  async add(userId: string, postId: string): Promise<void> {
    if (!(await this.reads.row(userId, postId))) throw postNotFound();
    await this.database.query('INSERT INTO bookmarks (user_id, post_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      userId,
      postId,
    ]);
  }

  async remove(userId: string, postId: string): Promise<void> {
    await this.database.query('DELETE FROM bookmarks WHERE user_id = $1 AND post_id = $2', [userId, postId]);
  }

  /** Newest bookmark first; a post that may not be seen any more comes back when it may. */
  list(userId: string, query: PageQuery): Promise<Page<PostView>> {
    return this.pages.read(BOOKMARKED, { viewer: userId, of: userId, query });
  }
}
