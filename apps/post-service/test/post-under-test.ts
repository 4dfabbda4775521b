import { fact, UserCreated, type UserState } from '@plaza/contracts';
import { actors, userState } from '@plaza/testing';
import { ServiceUnderTest } from '@plaza/testing/service';
import { postService } from '../src/index.js';
import type { PostView } from '../src/posts/post.view.js';

export const { alice, bob, carol } = actors;

/** post-service that knows alice, bob and carol; `changes` of one of them by username. */
export async function postUnderTest(changes: Record<string, Partial<UserState>> = {}): Promise<ServiceUnderTest> {
  const service = await ServiceUnderTest.start(postService);
  for (const actor of [alice, bob, carol]) {
    await service.publish(fact(UserCreated, { ...userState(actor), ...changes[actor.username] }), { version: 1 });
  }
  await service.settle();
  return service;
}

/** Makes a post through its route. */
export async function makePost(
  service: ServiceUnderTest,
  as: string,
  body: { content: string; privacy?: string; linkUrl?: string; sharedPostId?: string } = { content: 'Hello, world' },
): Promise<PostView> {
  const answer = await service.request<PostView>('POST', '/v1/posts', { as, body });
  if (answer.status !== 201) throw new Error(`POST /v1/posts: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** How a reader stands to an author. */
export interface Relation {
  follow?: 'ACTIVE' | 'PENDING' | 'NONE';
  friends?: boolean;
}

/** As if the facts of it had come; a friendship is one of both. */
export async function relate(service: ServiceUnderTest, reader: string, author: string, o: Relation): Promise<void> {
  await service.query(
    `INSERT INTO relations (reader_id, author_id, follow_status, friends) VALUES ($1, $2, $3, $4), ($2, $1, 'NONE', $4)
     ON CONFLICT (reader_id, author_id) DO UPDATE SET friends = excluded.friends,
       follow_status = CASE relations.reader_id WHEN $1 THEN excluded.follow_status ELSE relations.follow_status END`,
    [reader, author, o.follow ?? 'NONE', o.friends ?? false],
  );
}

/** As if the facts of it had come: who blocks, and who is blocked. */
export async function block(service: ServiceUnderTest, blocker: string, blocked: string): Promise<void> {
  await service.query('INSERT INTO blocks (blocker_id, blocked_id, version, deleted) VALUES ($1, $2, 1, false)', [
    blocker,
    blocked,
  ]);
}

/** As if the fact of it had come: who mutes whose posts, for good or until a time. */
export async function mutePosts(service: ServiceUnderTest, muter: string, muted: string, until?: Date): Promise<void> {
  await service.query(
    'INSERT INTO mutes (muter_id, muted_id, posts, until, version, deleted) VALUES ($1, $2, true, $3, 1, false)',
    [muter, muted, until ?? null],
  );
}

/** As if the fact of a change of the account had come. */
export async function setAccount(
  service: ServiceUnderTest,
  id: string,
  { privacyLevel, accountStatus, tag }: Partial<UserState> & { tag?: UserState['audience']['tag'] },
): Promise<void> {
  await service.query(
    `UPDATE user_cache SET privacy_level = coalesce($2, privacy_level), account_status = coalesce($3, account_status),
            audience = audience || jsonb_build_object('tag', coalesce($4, audience ->> 'tag'))
      WHERE id = $1`,
    [id, privacyLevel ?? null, accountStatus ?? null, tag ?? null],
  );
}

/** Nobody follows, befriends, blocks or mutes anybody any more, and the accounts are public and active again. */
export async function forgetRelations(service: ServiceUnderTest): Promise<void> {
  for (const table of ['relations', 'authors', 'blocks', 'mutes']) await service.query(`DELETE FROM ${table}`);
  for (const { id } of [alice, bob, carol]) {
    await setAccount(service, id, { privacyLevel: 'PUBLIC', accountStatus: 'ACTIVE', tag: 'EVERYONE' });
  }
}

/** All posts are gone, with everything that hangs on them, and so are the facts told of them. */
export async function forgetPosts(service: ServiceUnderTest): Promise<void> {
  await service.query('TRUNCATE posts, timeline_entries, timelines CASCADE');
  await service.query('DELETE FROM outbox');
}

/** The types of the facts that were told, oldest first. */
export async function factTypes(service: ServiceUnderTest): Promise<string[]> {
  return (await service.facts()).map(({ type }) => type);
}
