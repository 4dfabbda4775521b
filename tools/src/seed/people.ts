import type { Chance } from './chance.js';
import { type Topic, topics } from './words.js';

/** Everybody's password: whoever fills a platform can sign in as any of them. */
export const PASSWORD = 'seeded-people-share-this';

export interface SeedPerson {
  username: string;
  displayName: string;
  email: string;
  profile: { bio: string; location: string; avatarUrl: string; website?: string; privacyLevel?: 'PRIVATE' };
  topic: Topic;
  /** How much others want to follow: falls with the rank as in Zipf's law. */
  fame: number;
  /** How much they write. */
  activity: number;
}

const PRIVATE_SHARE = 0.08;
const WEBSITE_SHARE = 0.2;

/** @param count at least 2 */
export function planPeople(chance: Chance, count: number): SeedPerson[] {
  const taken = new Set<string>();
  const ranks = () => chance.shuffled(Array.from({ length: count }, (_, rank) => rank));
  const activity = ranks();
  return ranks().map((rank, index) => ({
    ...planPerson(chance, taken),
    topic: chance.pick(topics),
    fame: 1 / (rank + 1) ** 0.9,
    activity: 1 / ((activity[index] ?? 0) + 1) ** 0.5,
  }));
}

function planPerson(chance: Chance, taken: Set<string>): Omit<SeedPerson, 'topic' | 'fame' | 'activity'> {
  const { person, location } = chance.fake;
  const [firstName, lastName] = [person.firstName(), person.lastName()];
  const username = freeUsername(`${firstName}.${lastName}`, taken);
  return {
    username,
    displayName: `${firstName} ${lastName}`,
    email: `${username}@example.org`,
    profile: {
      bio: person.bio(),
      location: `${location.city()}, ${location.country()}`,
      avatarUrl: `https://avatars.example.org/${username}.png`,
      ...(chance.yes(WEBSITE_SHARE) && { website: `https://${username.replaceAll(/[._]/g, '-')}.example.org/` }),
      ...(chance.yes(PRIVATE_SHARE) && { privacyLevel: 'PRIVATE' }),
    },
  };
}

/** The name in the letters that usernames have, with a number where somebody has it already. */
function freeUsername(name: string, taken: Set<string>): string {
  const plain = name.toLowerCase().replaceAll(/[^a-z.]/g, '');
  let username = plain;
  for (let number = 2; taken.has(username); number += 1) username = `${plain}${number}`;
  taken.add(username);
  return username;
}
