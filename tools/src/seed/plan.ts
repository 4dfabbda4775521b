import { Chance } from './chance.js';
import { type PlannedFollow, planFollows } from './follows.js';
import { planPeople, type SeedPerson } from './people.js';
import { type PlannedPost, planPosts, planReactions, type Reactions } from './posts.js';

/** A network, before any of it exists. */
export interface Plan extends Reactions {
  people: SeedPerson[];
  follows: PlannedFollow[];
  posts: PlannedPost[];
}

export interface PlanOptions {
  /** How many people, at least 2. */
  users: number;
  /** The same seed gives the same plan. */
  seed: number;
}

export function planNetwork({ users, seed }: PlanOptions): Plan {
  const chance = new Chance(seed);
  const people = planPeople(chance, users);
  const follows = planFollows(chance, people);
  const posts = planPosts(chance, people, follows);
  return { people, follows, posts, ...planReactions(chance, people, { posts, follows }) };
}
