import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import {
  Cursors,
  mapPage,
  NotFound,
  type Page,
  type PageQuery,
  type Prepared,
  page,
  queryPrepared,
} from '@plaza/service-kit';
import type { DataSource } from 'typeorm';
import { pageStart } from '../positions.js';
import { PostReads } from '../posts/post-reads.js';
import { COMMENT_FROM } from '../visibility/visible-comment.js';
import { type CommentRow, commentColumns, commentShown } from './comment-row.js';
import { type CommentView, commentView } from './comments.view.js';

const BY_ID: Prepared = {
  name: 'comment-by-id',
  text: `SELECT ${commentColumns('$1')} FROM ${COMMENT_FROM} WHERE c.id = $2 AND ${commentShown('$1')}`,
};
const OWN: Prepared = {
  name: 'own-comment',
  text: `SELECT ${commentColumns('$1')} FROM ${COMMENT_FROM} WHERE c.id = $2 AND c.author_id = $1`,
};
const OF_POST = listed('comments-of-post', 'c.post_id = $2 AND c.parent_comment_id IS NULL');
const REPLIES = listed(
  'comment-replies',
  'c.post_id = (SELECT parent.post_id FROM comments parent WHERE parent.id = $2) AND c.parent_comment_id = $2',
);

/** Says the same of a comment that is not there and of one that may not be seen. */
export function commentNotFound(): NotFound {
  return new NotFound('COMMENT_NOT_FOUND', 'There is no such comment.');
}

/** Reads of comments as a viewer may see them. */
@Injectable()
export class CommentReads {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly posts: PostReads,
    private readonly cursors: Cursors,
  ) {}

  /** @throws NotFound COMMENT_NOT_FOUND */
  async get(viewer: string, id: string): Promise<CommentView> {
    const [row] = await queryPrepared<CommentRow>(this.database, BY_ID, [viewer, id]);
    if (!row) throw commentNotFound();
    return commentView(row);
  }

  /** What the viewer has just written: there, though its post may have been deleted or hidden in this very moment. */
  async own(viewer: string, id: string): Promise<CommentView> {
    const [row] = await queryPrepared<CommentRow>(this.database, OWN, [viewer, id]);
    if (!row) throw commentNotFound();
    return commentView(row);
  }

  /** The comments of a post that answer no other, newest first. */
  async ofPost(viewer: string, postId: string, query: PageQuery): Promise<Page<CommentView>> {
    const comments = await this.list(OF_POST, { viewer, of: postId, query });
    // Nothing is in it either where the post may not be seen.
    if (comments.items.length === 0) await this.posts.get(viewer, postId);
    return comments;
  }

  /** The direct replies to a comment, newest first. */
  async replies(viewer: string, id: string, query: PageQuery): Promise<Page<CommentView>> {
    await this.get(viewer, id);
    return this.list(REPLIES, { viewer, of: id, query });
  }

  private async list(
    statement: Prepared,
    { viewer, of, query }: { viewer: string; of: string; query: PageQuery },
  ): Promise<Page<CommentView>> {
    const name = `${statement.name}:${of}`;
    const [before] = this.cursors.decode(name, query.cursor) ?? [null];
    const rows = await queryPrepared<CommentRow>(this.database, statement, [viewer, of, before, query.limit + 1]);
    return mapPage(
      page(rows, query.limit, ({ position }) => this.cursors.encode(name, [position])),
      commentView,
    );
  }
}

/** Those that are not shown are left out in the query itself, so that every page but the last is full. */
function listed(name: string, where: string): Prepared {
  return {
    name,
    text: `SELECT ${commentColumns('$1')} FROM ${COMMENT_FROM}
            WHERE ${where} AND c.position < ${pageStart('$3')} AND ${commentShown('$1')}
            ORDER BY c.position DESC LIMIT $4`,
  };
}
