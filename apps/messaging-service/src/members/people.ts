import { type UserCache, type UserCacheEntry, type UserSummary, userSummary } from '@plaza/user-cache';

/** Names and pictures of people, by id. */
export type People = ReadonlyMap<string, UserSummary>;

export function summariesOf(users: ReadonlyMap<string, UserCacheEntry>): People {
  return new Map([...users].map(([id, entry]) => [id, userSummary(id, entry)]));
}

export async function findPeople(users: UserCache, ids: readonly string[]): Promise<People> {
  return summariesOf(await users.findMany(ids));
}

/** Somebody who is not known yet is shown by the id alone. */
export function personIn(people: People, id: string): UserSummary {
  return people.get(id) ?? userSummary(id);
}
