import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Cursors, type Page, type PageQuery, page, queryPrepared } from '@plaza/service-kit';
import type { DataSource } from 'typeorm';
import type { PostView } from '../posts/post.view.js';
import { PostReads } from '../posts/post-reads.js';
import type { PostRow } from '../posts/post-row.js';
import { FROM_POSTS, FROM_TIMELINE } from './feed-reads.js';

const ABOVE_ALL = '9223372036854775807';

/** The home feed: posts of those whom one follows or is friends with, newest first, as far as one may see them. */
@Injectable()
export class FeedService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly posts: PostReads,
    private readonly cursors: Cursors,
  ) {}

  async home(reader: string, { limit, cursor }: PageQuery): Promise<Page<PostView>> {
    const list = `feed:${reader}`;
    const [before = ABOVE_ALL] = this.cursors.decode(list, cursor) ?? [];
    const rows = await this.newest(reader, String(before), limit + 1);
    const { items, nextCursor } = page(rows, limit, ({ position }) => this.cursors.encode(list, [position]));
    return { items: await this.posts.views(reader, items), nextCursor };
  }

  private async newest(reader: string, before: string, wanted: number): Promise<PostRow[]> {
    const rows = await queryPrepared<PostRow>(this.database, FROM_TIMELINE, [reader, before, wanted]);
    if (rows.length === wanted) return rows;
    const last = rows.at(-1)?.position ?? before;
    return [
      ...rows,
      ...(await queryPrepared<PostRow>(this.database, FROM_POSTS, [reader, last, wanted - rows.length])),
    ];
  }
}
