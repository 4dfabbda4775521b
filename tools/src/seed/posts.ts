import { type Chance, Weighted } from './chance.js';
import { isPrivate, type PlannedFollow } from './follows.js';
import type { SeedPerson } from './people.js';
import { type PostWords, postWords, reaction } from './words.js';

export interface PlannedPost extends PostWords {
  author: SeedPerson;
  privacy: 'PUBLIC' | 'PRIVATE';
}

export interface PlannedLike {
  person: SeedPerson;
  post: PlannedPost;
}

export interface PlannedComment {
  author: SeedPerson;
  post: PlannedPost;
  content: string;
}

export interface PlannedReply extends PlannedComment {
  parent: PlannedComment;
}

export interface PlannedShare {
  person: SeedPerson;
  post: PlannedPost;
  /** The words of a quote. */
  content?: string;
}

/** What happens to posts. */
export interface Reactions {
  likes: PlannedLike[];
  comments: PlannedComment[];
  replies: PlannedReply[];
  shares: PlannedShare[];
}

const POSTS_PER_PERSON = 5;
const PRIVATE_SHARE = 0.02;
const MEDIAN_LIKES = 2.2;
const SPREAD_OF_LIKES = 1.1;
/** What comes from people who follow the author, where others may see the post too. */
const SHARE_FROM_FOLLOWERS = 0.8;

/** Posts in the order in which they are made. Some write much, most little. */
export function planPosts(
  chance: Chance,
  people: readonly SeedPerson[],
  follows: readonly PlannedFollow[],
): PlannedPost[] {
  const authors = new Weighted(people, ({ activity }) => activity);
  const followed = Map.groupBy(follows, ({ follower }) => follower);
  const posts = new Map<string, PlannedPost>();
  // Whoever says the same again has said it once.
  while (posts.size < people.length * POSTS_PER_PERSON) {
    const author = authors.draw(chance);
    if (!author) break;
    const known = (followed.get(author) ?? []).map((follow) => follow.followed.username);
    const words = postWords(chance, author.topic, known);
    const privacy = chance.yes(PRIVATE_SHARE) ? 'PRIVATE' : 'PUBLIC';
    posts.set(`${author.username} ${words.content}`, { author, privacy, ...words });
  }
  return [...posts.values()];
}

/** What those who may see the posts do with them. */
export function planReactions(
  chance: Chance,
  people: readonly SeedPerson[],
  { posts, follows }: { posts: readonly PlannedPost[]; follows: readonly PlannedFollow[] },
): Reactions {
  const followers = Map.groupBy(
    follows.filter(({ accepted }) => accepted),
    ({ followed }) => followed,
  );
  const reactions: Reactions = { likes: [], comments: [], replies: [], shares: [] };
  for (const post of posts) {
    if (post.privacy === 'PRIVATE') continue;
    const near = (followers.get(post.author) ?? []).map(({ follower }) => follower);
    react(new Audience(chance, post, near, people), reactions);
  }
  return reactions;
}

/** Those who may see a post, its author apart. */
class Audience {
  constructor(
    readonly chance: Chance,
    readonly post: PlannedPost,
    private readonly followers: readonly SeedPerson[],
    private readonly all: readonly SeedPerson[],
  ) {}

  /** Somebody else than the author; undefined where there is nobody. */
  someone(): SeedPerson | undefined {
    const { chance, followers, all } = this;
    const near = isPrivate(this.post.author) || (followers.length > 0 && chance.yes(SHARE_FROM_FOLLOWERS));
    const from = near ? followers : all;
    const person = from.length > 0 ? chance.pick(from) : undefined;
    return person === this.post.author ? undefined : person;
  }

  some(count: number): SeedPerson[] {
    const limit = isPrivate(this.post.author) ? this.followers.length : this.all.length - 1;
    const drawn = Array.from({ length: Math.min(count, limit) }, () => this.someone());
    return [...new Set(drawn)].filter((person) => person !== undefined);
  }
}

function react(audience: Audience, { likes, comments, replies, shares }: Reactions): void {
  const { chance, post } = audience;
  for (const person of audience.some(Math.floor(chance.lognormal(MEDIAN_LIKES, SPREAD_OF_LIKES)))) {
    likes.push({ person, post });
  }
  for (const author of audience.some(countWhile(chance, 0.42))) {
    const comment = { author, post, content: reaction(chance, post.author.username) };
    comments.push(comment);
    const answering = chance.yes(0.6) ? post.author : audience.someone();
    if (!answering || !chance.yes(0.45)) continue;
    replies.push({ author: answering, post, parent: comment, content: reaction(chance, author.username) });
  }
  if (isPrivate(post.author) || !chance.yes(0.08)) return;
  for (const person of audience.some(Math.ceil(chance.lognormal(1, 1)))) {
    shares.push({ person, post, ...(chance.yes(0.4) && { content: reaction(chance, post.author.username) }) });
  }
}

function countWhile(chance: Chance, share: number): number {
  let count = 0;
  while (chance.yes(share)) count += 1;
  return count;
}
