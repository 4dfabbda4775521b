import { inParallel, type PlazaClient } from '@plaza/testing';
import { Member, SeedRefused } from './member.js';
import type { SeedPerson } from './people.js';
import type { Plan } from './plan.js';
import type { PlannedComment, PlannedPost } from './posts.js';
import type { Progress } from './progress.js';

/** Requests under way at a time. */
const WIDTH = 16;

/** Makes a planned network real, as its people would: through the API of a running platform. */
export async function seedNetwork(client: PlazaClient, plan: Plan, progress: Progress): Promise<void> {
  const network = new SeededNetwork(client, progress);
  await network.join(plan.people);
  await network.follow(plan.follows);
  await network.post(plan.posts);
  await network.like(plan.likes);
  await network.comment(plan.comments);
  await network.reply(plan.replies);
  await network.share(plan.shares);
}

class SeededNetwork {
  private readonly members = new Map<SeedPerson, Member>();
  private readonly posts = new Map<PlannedPost, string>();
  private readonly comments = new Map<PlannedComment, string>();

  constructor(
    private readonly client: PlazaClient,
    private readonly progress: Progress,
  ) {}

  join(people: Plan['people']): Promise<void> {
    return this.each('people', people, async (person) => {
      const member = await Member.join(this.client, person);
      await member.send({ method: 'PATCH', path: '/v1/users/me', body: person.profile });
      this.members.set(person, member);
    });
  }

  follow(follows: Plan['follows']): Promise<void> {
    return this.each('follows', follows, async ({ follower, followed, accepted }) => {
      const [asking, asked] = [this.member(follower), this.member(followed)];
      const { body } = await asking.send<{ status: string }>({ method: 'PUT', path: `/v1/follows/${asked.id}` });
      if (body.status === 'PENDING' && accepted)
        await asked.send({ method: 'POST', path: `/v1/follows/requests/${asking.id}/accept` });
    });
  }

  post(posts: Plan['posts']): Promise<void> {
    return this.each('posts', posts, async (post) => {
      const { author, ...body } = post;
      const made = await this.member(author).send<{ id: string }>({ method: 'POST', path: '/v1/posts', body });
      this.posts.set(post, made.body.id);
    });
  }

  like(likes: Plan['likes']): Promise<void> {
    return this.each('likes', likes, async ({ person, post }) => {
      await this.member(person).send({ method: 'PUT', path: `/v1/posts/${this.postId(post)}/like` });
    });
  }

  comment(comments: Plan['comments']): Promise<void> {
    return this.each('comments', comments, async (comment) => {
      this.comments.set(comment, await this.commentOn(comment));
    });
  }

  reply(replies: Plan['replies']): Promise<void> {
    return this.each('replies', replies, async (reply) => {
      await this.commentOn(reply, found(this.comments, reply.parent));
    });
  }

  share(shares: Plan['shares']): Promise<void> {
    return this.each('shares', shares, async ({ person, post, content }) => {
      const path = `/v1/posts/${this.postId(post)}/share`;
      // Shared already: by an earlier run, longer than a day ago.
      await this.member(person).send({ method: 'POST', path, body: { content }, alsoFine: [409] });
    });
  }

  private async commentOn({ author, post, content }: PlannedComment, parentCommentId?: string): Promise<string> {
    const path = `/v1/posts/${this.postId(post)}/comments`;
    const body = { content, ...(parentCommentId && { parentCommentId }) };
    return (await this.member(author).send<{ id: string }>({ method: 'POST', path, body })).body.id;
  }

  private each<T>(name: string, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    return this.progress.step(name, items.length, (done) => inParallel(WIDTH, items, (item) => work(item).then(done)));
  }

  private member(person: SeedPerson): Member {
    return found(this.members, person);
  }

  private postId(post: PlannedPost): string {
    return found(this.posts, post);
  }
}

function found<K, V>(map: Map<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new SeedRefused('The plan refers to something that it does not make');
  return value;
}
