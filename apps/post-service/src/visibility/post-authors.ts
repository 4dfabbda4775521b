import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type Prepared, queryPrepared } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import type { DataSource } from 'typeorm';

const AUTHOR: Prepared = {
  name: 'post-author-known',
  text: `SELECT p.author_id AS id, EXISTS (SELECT FROM user_cache u WHERE u.id = p.author_id) AS known FROM posts p
          WHERE p.id IN ($1, (SELECT c.post_id FROM comments c WHERE c.id = $1)) AND p.deleted_at IS NULL`,
};

/** The authors of posts, of whom this service has to have heard before others see their posts. */
@Injectable()
export class PostAuthors {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly users: UserCache,
  ) {}

  /**
   * For what could not be seen: waits for its author, where the fact of one who has just registered has not come yet.
   * @param id of a post or of a comment
   * @returns whether there is such a post at all, and so a reason to look once more: the fact may have come in this moment
   */
  async arrived(id: string): Promise<boolean> {
    const [author] = await queryPrepared<{ id: string; known: boolean }>(this.database, AUTHOR, [id]);
    if (author && !author.known) await this.users.find(author.id, { wait: true });
    return author !== undefined;
  }
}
