import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type Prepared, queryPrepared } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import type { DataSource } from 'typeorm';

const UNKNOWN_AUTHOR: Prepared = {
  name: 'unknown-post-author',
  text: `SELECT p.author_id AS id FROM posts p
          WHERE p.id IN ($1, (SELECT c.post_id FROM comments c WHERE c.id = $1)) AND p.deleted_at IS NULL
            AND NOT EXISTS (SELECT FROM user_cache u WHERE u.id = p.author_id)`,
};

/** The authors of posts, of whom this service has to have heard before others see their posts. */
@Injectable()
export class PostAuthors {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly users: UserCache,
  ) {}

  /**
   * Whether what could not be seen may be seen by now: its author had only just registered, and the fact of it has been
   * waited for and has come.
   * @param id of a post or of a comment
   */
  async arrived(id: string): Promise<boolean> {
    const [author] = await queryPrepared<{ id: string }>(this.database, UNKNOWN_AUTHOR, [id]);
    return author !== undefined && (await this.users.find(author.id, { wait: true })) !== undefined;
  }
}
