import type { UserSummary } from '@plaza/user-cache';
import { blockBetween } from './visible.js';

/** What an answer shows of somebody. All null: not known yet, or gone. */
export interface PersonColumns {
  username: string | null;
  displayName: string | null;
  avatarUrl: string | null;
  verified: boolean | null;
}

/** @param u alias of the person's row of `user_cache`, joined LEFT */
export function personColumns(u: string): string {
  return `${u}.username, ${u}.display_name AS "displayName", ${u}.avatar_url AS "avatarUrl", ${u}.verified`;
}

export function personView(id: string, { username, displayName, avatarUrl, verified }: PersonColumns): UserSummary {
  return { id, username, displayName, avatarUrl, verified: verified ?? false };
}

/**
 * Whether the viewer is shown what somebody did (a like, a comment), as SQL: not across a block, and not once the account is
 * suspended or gone. Somebody who is not known yet has only just registered.
 * @param u alias of the person's row of `user_cache`, joined LEFT
 */
export function shown(viewer: string, person: string, u: string): string {
  return `(${person} = ${viewer} OR (
      (${u}.id IS NULL OR (NOT ${u}.deleted AND ${u}.account_status = 'ACTIVE'))
      AND NOT EXISTS (${blockBetween(viewer, person)})))`;
}

/** Whether somebody may write, as SQL: a token's own user counts as active until a fact says otherwise. */
export function active(person: string): string {
  return `NOT EXISTS (SELECT FROM user_cache me WHERE me.id = ${person} AND (me.deleted OR me.account_status <> 'ACTIVE'))`;
}
