import { Actor, inParallel, type Person, type PlazaClient } from '@plaza/testing';

/** Somebody to register, with this username. */
export function personNamed(username: string, displayName = `The ${username}`): Person {
  return { username, displayName, email: `${username}@example.org`, password: 'a long password' };
}

/** Registers people with the usernames person0, person1 ... @throws where one is refused */
export async function register(client: PlazaClient, count: number): Promise<Actor[]> {
  const actors: Actor[] = [];
  await inParallel(
    4,
    Array.from({ length: count }, (_, index) => index),
    async (index) => {
      actors.push(await Actor.register(client, personNamed(`person${index}`, `Person ${index}`)));
    },
  );
  return actors;
}

/** The first `count` pairs of different people, each pair once, spread evenly over them. */
export function pairsOf(people: Actor[], count: number): Array<[Actor, Actor]> {
  const pairs: Array<[Actor, Actor]> = [];
  for (let step = 1; step < people.length; step += 1) {
    for (const [index, follower] of people.entries()) {
      const followed = people[(index + step) % people.length];
      if (followed && pairs.length < count) pairs.push([follower, followed]);
    }
  }
  return pairs;
}
