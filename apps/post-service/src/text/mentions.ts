import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { fact, type PrivacyLevel, UserMentioned, UserUnmentioned } from '@plaza/contracts';
import { type Prepared, queryPrepared } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import type { DataSource, EntityManager } from 'typeorm';
import { blockBetween, visible } from '../visibility/visible.js';

/** Where a text stands. */
export interface MentionPlace {
  /** Who wrote the text. */
  authorId: string;
  /** The post that it is, or that it comments on. */
  post: { authorId: string; privacy: PrivacyLevel };
}

/** Only a user who may see the post and lets the author do so is mentioned. */
const MENTIONABLE: Prepared = {
  name: 'mentionable-users',
  text: `SELECT m.id FROM user_cache m
          CROSS JOIN (SELECT $3::uuid AS author_id, $4::text AS privacy, NULL::timestamptz AS deleted_at) p
           LEFT JOIN user_cache u ON u.id = p.author_id
          WHERE m.username = ANY ($1) AND NOT m.deleted AND m.account_status = 'ACTIVE' AND m.id <> $2
            AND CASE m.audience ->> 'tag'
                  WHEN 'EVERYONE' THEN true
                  WHEN 'FRIENDS' THEN EXISTS (
                    SELECT FROM relations t WHERE t.reader_id = m.id AND t.author_id = $2 AND t.friends)
                  ELSE false END
            AND NOT EXISTS (${blockBetween('m.id', '$2::uuid')})
            AND ${visible('m.id')}
          ORDER BY array_position($1, m.username)`,
};

/** Whom a text mentions: the names in it that are users of whom that may be said. All other names stay text. */
@Injectable()
export class Mentions {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly users: UserCache,
  ) {}

  /** The ids of those whom the usernames mention, in their order. On a connection of its own: not within a transaction. */
  async find(usernames: readonly string[], place: MentionPlace): Promise<string[]> {
    if (usernames.length === 0) return [];
    // The post of somebody who has only just registered can be seen once its author is known.
    await this.users.find(place.post.authorId, { wait: true });
    return idsOf(await queryPrepared(this.database, MENTIONABLE, asked(usernames, place)));
  }

  /** The same within a transaction, where nobody is waited for. */
  async findWithin(manager: EntityManager, usernames: readonly string[], place: MentionPlace): Promise<string[]> {
    return usernames.length === 0 ? [] : idsOf(await manager.query(MENTIONABLE.text, asked(usernames, place)));
  }
}

function asked(usernames: readonly string[], { authorId, post }: MentionPlace): unknown[] {
  return [usernames, authorId, post.authorId, post.privacy];
}

function idsOf(rows: Array<{ id: string }>): string[] {
  return rows.map(({ id }) => id);
}

/** The facts that a text which mentioned some now mentions others. @param about all of the facts but who is mentioned */
export function mentionFacts(
  about: Omit<UserMentioned, 'mentionedUserId'>,
  { before = [], now }: { before?: readonly string[]; now: readonly string[] },
): object[] {
  const factsOf = (type: typeof UserMentioned | typeof UserUnmentioned, ids: readonly string[]) =>
    ids.map((mentionedUserId) => fact(type, { ...about, mentionedUserId }));
  const [added, removed] = [now.filter((id) => !before.includes(id)), before.filter((id) => !now.includes(id))];
  return [...factsOf(UserMentioned, added), ...factsOf(UserUnmentioned, removed)];
}
