import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Cursors, type Page, type PageQuery, page, queryPrepared } from '@plaza/service-kit';
import type { DataSource } from 'typeorm';
import { pageStart } from '../positions.js';
import type { PostView } from '../posts/post.view.js';
import { PostReads } from '../posts/post-reads.js';
import { POST_FROM, type PostRow, postColumns } from '../posts/post-row.js';
import { listed, visible } from '../visibility/visible.js';

/** More than any page has: told to the planner, which can't know the limit of a statement that is planned once. */
const LONGEST = 101;

/** A list of posts, newest first. In its SQL $1 is the viewer; what it needs itself begins at $4. */
export interface PostList {
  name: string;
  /** Asked so differently each time that it has to be planned anew. */
  plannedAnew?: boolean;
  text: string;
}

interface ListedRow extends PostRow {
  place: string;
}

interface ListParts {
  /** Where the posts `p` and their authors `u` come from; POST_FROM unless said otherwise. */
  from?: string;
  where: string;
  /** There are only posts with words of their own in it: whether what they share may be seen does not matter. */
  ofWords?: boolean;
  /** What the list is in the order of. */
  place?: string;
}

/** The SQL of a list. Posts that the viewer may not see are left out in it, so that every page but the last is full. */
export function postList({ from = POST_FROM, where, ofWords = false, place = 'p.position' }: ListParts): string {
  const seen = ofWords ? visible('$1') : listed('$1');
  return `SELECT * FROM (
      SELECT ${postColumns('$1')}, ${place} AS place FROM ${from}
       WHERE ${where} AND ${place} < ${pageStart('$2')} AND ${seen}
       ORDER BY ${place} DESC LIMIT ${LONGEST}) AS page
    ORDER BY place DESC LIMIT $3`;
}

/** Reads pages of lists of posts. */
@Injectable()
export class PostPages {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly reads: PostReads,
    private readonly cursors: Cursors,
  ) {}

  /** @param of what the list is asked for, such as an author's id: its cursors are good for that alone */
  async read(list: PostList, o: { viewer: string; of?: string; query: PageQuery }): Promise<Page<PostView>> {
    const { viewer, of, query } = o;
    const cursorList = of === undefined ? list.name : `${list.name}:${of}`;
    const [before] = this.cursors.decode(cursorList, query.cursor) ?? [null];
    const values = [viewer, before, query.limit + 1, ...(of === undefined ? [] : [of])];
    const rows: ListedRow[] = list.plannedAnew
      ? await this.database.query(list.text, values)
      : await queryPrepared(this.database, list, values);
    const { items, nextCursor } = page(rows, query.limit, ({ place }) => this.cursors.encode(cursorList, [place]));
    return { items: await this.reads.views(viewer, items), nextCursor };
  }
}
