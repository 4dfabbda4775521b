import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Cursors, mapPage, type Page, page } from '@plaza/service-kit';
import { DataSource } from 'typeorm';
import { summaryView, type UserSummaryView } from './user.view.js';
import type { SearchUsers } from './users.dto.js';

/** Fewer characters than make a trigram: no index would find them inside a text. */
const SHORTEST_INFIX = 3;

interface Found extends UserSummaryView {
  score: number;
}

// Each half can use its own index; joined by OR across two tables they could use neither.
const MATCHES = `
  SELECT id FROM users WHERE username LIKE $1
  UNION
  SELECT user_id FROM user_profiles WHERE display_name ILIKE $1 AND $2`;

// A score has 24 bits and is read as float8, so it comes back in the cursor as exactly what it was.
const SEARCH = `
  SELECT * FROM (
    SELECT u.id, u.username, p.display_name AS "displayName", p.avatar_url AS "avatarUrl", p.verified,
           greatest(similarity(u.username, $3), similarity(p.display_name, $3))::float8 AS score
    FROM (${MATCHES}) matches JOIN users u USING (id) JOIN user_profiles p ON p.user_id = u.id
    WHERE u.status = 'ACTIVE' AND coalesce((p.privacy_settings->>'searchable')::boolean, true)
  ) found
  WHERE $4::float8 IS NULL OR (score, id) < ($4::float8, $5::uuid)
  ORDER BY score DESC, id DESC LIMIT $6`;

/** Finds users by parts of their names, the most similar first. */
@Injectable()
export class UserSearch {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly cursors: Cursors,
  ) {}

  /** @throws Malformed CURSOR_INVALID */
  async search({ q, limit, cursor }: SearchUsers): Promise<Page<UserSummaryView>> {
    const text = q.trim().toLowerCase();
    const list = `users:${text}`;
    const [score = null, id = null] = this.cursors.decode(list, cursor) ?? [];
    const infix = [...text].length >= SHORTEST_INFIX;
    const pattern = `${infix ? '%' : ''}${escapeLike(text)}%`;
    const rows = await this.database.query<Found[]>(SEARCH, [pattern, infix, text, score, id, limit + 1]);
    const found = page(rows, limit, (last) => this.cursors.encode(list, [last.score, last.id]));
    return mapPage(found, summaryView);
  }
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
