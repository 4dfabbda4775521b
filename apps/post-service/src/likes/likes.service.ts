import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Outbox } from '@plaza/kafka';
import {
  Cursors,
  Forbidden,
  isUniqueViolation,
  mapPage,
  type Page,
  type PageQuery,
  page,
  queryPrepared,
} from '@plaza/service-kit';
import type { DataSource } from 'typeorm';
import { pageStart } from '../positions.js';
import { active, personColumns, shown } from '../visibility/people.js';
import { PostAuthors } from '../visibility/post-authors.js';
import type { Likeable } from './likeable.js';
import { type LikerRow, type LikerView, likerView } from './likes.view.js';

interface LikeState {
  likeCount: number;
  liked: boolean;
  /** The user's account is active. */
  mayWrite: boolean;
}

/** Who likes what. A like and its fact are one statement, of which nothing is there when any of it fails. */
@Injectable()
export class LikesService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly outbox: Outbox,
    private readonly authors: PostAuthors,
    private readonly cursors: Cursors,
  ) {}

  /** Likes it, and gives how many do. Liking twice changes nothing. */
  async like(of: Likeable, userId: string, id: string): Promise<number> {
    const likeCount = (await this.likeAtOnce(of, userId, id)) ?? (await this.whatWasAgainst(of, userId, id));
    return likeCount ?? this.like(of, userId, id);
  }

  /** Takes the like back, also of what can't be seen any more. Without a like it changes nothing. */
  async unlike(of: Likeable, userId: string, id: string): Promise<void> {
    const { values, call } = this.outbox.prepare(of.unliked({ userId, id, createdAt: new Date() }));
    const fields = { ...of.fields, createdAt: `to_char(gone.created_at AT TIME ZONE 'UTC', '${RFC3339}')` };
    // The fact's key before the row, as when it is liked: two who did it the other way round would wait for each other.
    const text = `WITH locked AS MATERIALIZED (SELECT outbox_lock($3)), gone AS (
                    DELETE FROM ${of.likes} l USING locked WHERE l.${of.column} = $2 AND l.user_id = $1
                    RETURNING l.created_at
                  ) SELECT ${call(4, undefined, fields)} AS version FROM gone, (${of.thing}) it`;
    const statement = { name: `unlike-${of.name}`, text };
    const told = await queryPrepared(this.database, statement, [userId, id, `${userId}:${id}`, ...values]);
    if (told.length > 0) this.outbox.wake();
  }

  /** Those who like it, newest first; without those whom the viewer is not shown, and every page but the last is full. */
  async likers(of: Likeable, viewer: string, id: string, query: PageQuery): Promise<Page<LikerView>> {
    const list = `${of.name}-likes:${id}`;
    const [before] = this.cursors.decode(list, query.cursor) ?? [null];
    const text = `SELECT l.position, l.user_id AS id, l.created_at AS "likedAt", ${personColumns('liker')}
                    FROM ${of.likes} l LEFT JOIN user_cache liker ON liker.id = l.user_id
                   WHERE l.${of.column} = $2 AND l.position < ${pageStart('$3')}
                     AND EXISTS (${of.seen}) AND ${shown('$1', 'l.user_id', 'liker')}
                   ORDER BY l.position DESC LIMIT $4`;
    const statement = { name: `${of.name}-likers`, text };
    const rows = await queryPrepared<LikerRow>(this.database, statement, [viewer, id, before, query.limit + 1]);
    // Nothing is in it either where the thing may not be seen.
    if (rows.length === 0) await this.expectSeen(of, viewer, id);
    const likers = page(rows, query.limit, ({ position }) => this.cursors.encode(list, [position]));
    return mapPage(likers, likerView);
  }

  /** Question, row and fact in one statement. Undefined: it did nothing, as something may stand against the like. */
  private async likeAtOnce(of: Likeable, userId: string, id: string): Promise<number | undefined> {
    const createdAt = new Date();
    const { values, call } = this.outbox.prepare(of.liked({ userId, id, createdAt }));
    const text = `WITH it AS (${of.seen}), added AS (
                    INSERT INTO ${of.likes} (${of.column}, user_id, created_at, position)
                    SELECT it.id, $1, $3, ${call(4, undefined, of.fields)} FROM it
                     WHERE ${active('$1')} AND NOT ${liked(of)}
                    RETURNING 1
                  ) SELECT it.like_count + 1 AS "likeCount" FROM it, added`;
    const statement = { name: `like-${of.name}`, text };
    try {
      const asked = [userId, id, createdAt, ...values];
      const [added] = await queryPrepared<{ likeCount: number }>(this.database, statement, asked);
      if (added) this.outbox.wake();
      return added?.likeCount;
    } catch (error) {
      if (isUniqueViolation(error, `pk_${of.likes}`)) return undefined;
      throw error;
    }
  }

  /**
   * How many like it where the user is among them already. Undefined: nothing is against a like any more, as somebody's other
   * tab has taken it back since, or the author has become known.
   */
  private async whatWasAgainst(of: Likeable, userId: string, id: string): Promise<number | undefined> {
    const { liked, likeCount, mayWrite } = await this.expectSeen(of, userId, id);
    if (!mayWrite) throw new Forbidden('ACCOUNT_NOT_ACTIVE', 'Your account is not active.');
    return liked ? likeCount : undefined;
  }

  private async expectSeen(of: Likeable, userId: string, id: string): Promise<LikeState> {
    const state =
      (await this.state(of, userId, id)) ??
      ((await this.authors.arrived(id)) ? await this.state(of, userId, id) : undefined);
    if (!state) throw of.notFound();
    return state;
  }

  /** Undefined: the user may not see it, or there is no such thing. */
  private async state(of: Likeable, userId: string, id: string): Promise<LikeState | undefined> {
    const text = `SELECT it.like_count AS "likeCount", ${liked(of)} AS liked, ${active('$1')} AS "mayWrite"
                    FROM (${of.seen}) it`;
    const statement = { name: `${of.name}-like-state`, text };
    return (await queryPrepared<LikeState>(this.database, statement, [userId, id]))[0];
  }
}

const RFC3339 = 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"';

function liked({ likes, column }: Likeable): string {
  return `EXISTS (SELECT FROM ${likes} mine WHERE mine.${column} = $2 AND mine.user_id = $1)`;
}
