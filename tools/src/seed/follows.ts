import { type Chance, Weighted } from './chance.js';
import type { SeedPerson } from './people.js';

export interface PlannedFollow {
  follower: SeedPerson;
  followed: SeedPerson;
  /** What a private account will say to the request. */
  accepted: boolean;
}

const MEDIAN_FOLLOWED = 9;
const SPREAD = 0.8;
const SHARE_OF_OWN_TOPIC = 0.5;
const SHARE_OF_FOLLOWED_BACK = 0.3;
const SHARE_ACCEPTED = 0.85;

/**
 * Who follows whom: the famous are followed by many (Zipf's law), most follow about ten and some hundreds, half of them from
 * among those who care for the same, and many follow back.
 */
export function planFollows(chance: Chance, people: readonly SeedPerson[]): PlannedFollow[] {
  const all = new Weighted(people, ({ fame }) => fame);
  const byTopic = new Map(
    [...Map.groupBy(people, ({ topic }) => topic)].map(([topic, some]) => [
      topic,
      new Weighted(some, ({ fame }) => fame),
    ]),
  );
  const followed = new Map(people.map((person) => [person, new Set<SeedPerson>()]));
  for (const person of people) {
    const count = Math.min(Math.max(1, Math.round(chance.lognormal(MEDIAN_FOLLOWED, SPREAD))), people.length - 1);
    const own = byTopic.get(person.topic)?.drawSome(chance, Math.round(count * SHARE_OF_OWN_TOPIC)) ?? [];
    for (const other of [...own, ...all.drawSome(chance, count - own.length)]) {
      if (other === person) continue;
      followed.get(person)?.add(other);
      if (chance.yes(SHARE_OF_FOLLOWED_BACK)) followed.get(other)?.add(person);
    }
  }
  const follows = [...followed].flatMap(([follower, some]) => [...some].map((one) => planned(chance, follower, one)));
  // Private accounts last: by then it is known everywhere that they are private.
  return follows.sort((a, b) => Number(isPrivate(a.followed)) - Number(isPrivate(b.followed)));
}

export function isPrivate({ profile }: SeedPerson): boolean {
  return profile.privacyLevel === 'PRIVATE';
}

function planned(chance: Chance, follower: SeedPerson, followed: SeedPerson): PlannedFollow {
  return { follower, followed, accepted: !isPrivate(followed) || chance.yes(SHARE_ACCEPTED) };
}
