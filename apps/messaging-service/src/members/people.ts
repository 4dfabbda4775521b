import { type UserCache, type UserSummary, userSummary } from '@plaza/user-cache';

/** Names and pictures of people, by id. */
export type People = ReadonlyMap<string, UserSummary>;

export async function findPeople(users: UserCache, ids: readonly string[]): Promise<People> {
  return new Map([...(await users.findMany(ids))].map(([id, entry]) => [id, userSummary(id, entry)]));
}

/** Somebody who is not known yet is shown by the id alone. */
export function personIn(people: People, id: string): UserSummary {
  return people.get(id) ?? userSummary(id);
}
