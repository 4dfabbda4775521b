import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { NotFound, queryPrepared } from '@plaza/service-kit';
import type { DataSource } from 'typeorm';
import { PostAuthors } from '../visibility/post-authors.js';
import { visible } from '../visibility/visible.js';
import { type PostView, postView } from './post.view.js';
import { POST_FROM, type PostRow, postColumns } from './post-row.js';

const BY_IDS = {
  name: 'posts-by-ids',
  text: `SELECT ${postColumns('$1')} FROM ${POST_FROM} WHERE p.id = ANY ($2) AND ${visible('$1')}`,
};

/** Reads of posts as a viewer may see them. */
@Injectable()
export class PostReads {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly authors: PostAuthors,
  ) {}

  /** Those of the posts that the viewer may see, by id. */
  async byIds(viewer: string, ids: readonly string[]): Promise<Map<string, PostRow>> {
    if (ids.length === 0) return new Map();
    const rows = await queryPrepared<PostRow>(this.database, BY_IDS, [viewer, ids]);
    return new Map(rows.map((row) => [row.id, row]));
  }

  /**
   * One post.
   * @throws NotFound POST_NOT_FOUND where there is none that the viewer may see
   */
  async get(viewer: string, id: string): Promise<PostView> {
    const row = await this.row(viewer, id);
    const [view] = row ? await this.views(viewer, [row]) : [];
    if (!view) throw postNotFound();
    return view;
  }

  /** The row of one post, or undefined; the author of a post who has only just registered is waited for. */
  async row(viewer: string, id: string): Promise<PostRow | undefined> {
    const found = (await this.byIds(viewer, [id])).get(id);
    return found || !(await this.authors.arrived(id)) ? found : (await this.byIds(viewer, [id])).get(id);
  }

  /** The rows as views, with what they share: one query more where any of them shares anything. */
  async views(viewer: string, rows: readonly PostRow[]): Promise<PostView[]> {
    const shared = await this.byIds(viewer, [...new Set(rows.flatMap(({ sharedPostId }) => sharedPostId ?? []))]);
    return rows.map((row) => postView(row, row.sharedPostId === null ? undefined : shared.get(row.sharedPostId)));
  }
}

/** Says the same of a post that is not there and of one that may not be seen. */
export function postNotFound(): NotFound {
  return new NotFound('POST_NOT_FOUND', 'There is no such post.');
}
