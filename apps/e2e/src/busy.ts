import { randomUUID } from 'node:crypto';
import type { Actor, Answer } from '@plaza/testing';
import { saysHowItStands, untilAnswered } from './faults.js';
import type { Ledger, Outcome } from './ledger.js';
import { type Random, randomFrom } from './random.js';

/** A post, or a comment on one. */
interface Text {
  id: string;
  postId: string;
  /** Its first word, which no other text has. */
  word: string;
}

/** What people have before them in common. */
export interface Town {
  people: Actor[];
  /** Those whose accounts are public. The others are not followed or left while it goes on: who sees their posts stays. */
  open: Actor[];
  ledger: Ledger;
  /** Public ones of public accounts, which stay so. */
  posts: Text[];
  comments: Text[];
}

interface Asked {
  outcome: Outcome;
  id: string | undefined;
}

/**
 * One of the people: posts, likes, comments and so on, one after the other, so that what is asked about one thing has an
 * order. Some repeat what was not answered, with the same Idempotency-Key, until it is; the others never do.
 */
export class Inhabitant {
  private readonly own: Text[] = [];
  private readonly liked = new Map<string, string>();
  private readonly shared = new Set<string>();
  private readonly followed = new Set<string>();
  private readonly random: Random;
  private words = 0;

  constructor(
    private readonly town: Town,
    private readonly self: Actor,
    private readonly o: { seed: number; repeats: boolean },
  ) {
    this.random = randomFrom(o.seed);
  }

  /** Something, of all that people do; where there is nothing to do it with yet, they post. */
  async act(): Promise<void> {
    const often = [this.post, this.post, this.post, this.like, this.like, this.like, this.like, this.comment];
    const seldom = [
      this.unlike,
      this.share,
      this.quote,
      this.unshare,
      this.follow,
      this.unfollow,
      this.remove,
      this.edit,
      this.hide,
    ];
    const deeds = [...often, ...often, this.comment, this.unlike, ...seldom];
    const did = await this.random.of(deeds)?.call(this);
    if (did === undefined) await this.post();
  }

  async follow(): Promise<Outcome | undefined> {
    const other = this.random.of(this.town.open.filter(({ id }) => id !== this.self.id && !this.followed.has(id)));
    if (!other) return undefined;
    this.followed.add(other.id);
    return this.turn(`follow ${this.self.id} ${other.id}`, true, ['PUT', `/v1/follows/${other.id}`]);
  }

  private async unfollow(): Promise<Outcome | undefined> {
    const other = this.random.of([...this.followed]);
    if (!other) return undefined;
    this.followed.delete(other);
    return this.turn(`follow ${this.self.id} ${other}`, false, ['DELETE', `/v1/follows/${other}`]);
  }

  private async post(): Promise<Outcome> {
    const privacy = this.random.of(['PUBLIC', 'PUBLIC', 'PUBLIC', 'PUBLIC', 'FRIENDS', 'PRIVATE'] as const);
    const { word, outcome, id } = await this.write('/v1/posts', { privacy });
    this.town.ledger.turned(`private ${word}`, outcome, privacy === 'PRIVATE');
    if (id && privacy === 'PUBLIC' && this.town.open.includes(this.self))
      this.town.posts.push({ id, postId: id, word });
    return outcome;
  }

  private async comment(): Promise<Outcome | undefined> {
    const parent = this.random.of([undefined, this.random.of(this.town.comments)]);
    const postId = parent?.postId ?? this.random.of(this.town.posts)?.id;
    if (!postId) return undefined;
    const more = parent ? { parentCommentId: parent.id } : {};
    const { word, outcome, id } = await this.write(`/v1/posts/${postId}/comments`, more, postId);
    if (id) this.town.comments.push({ id, postId, word });
    return outcome;
  }

  private async quote(): Promise<Outcome | undefined> {
    const post = this.random.of(this.town.posts);
    return post && (await this.write(`/v1/posts/${post.id}/share`, {})).outcome;
  }

  private async share(): Promise<Outcome | undefined> {
    const post = this.random.of(this.town.posts.filter(({ id }) => !this.shared.has(id)));
    if (!post) return undefined;
    this.shared.add(post.id);
    return this.turn(`share ${this.self.id} ${post.id}`, true, ['POST', `/v1/posts/${post.id}/share`]);
  }

  private async unshare(): Promise<Outcome | undefined> {
    const post = this.random.of([...this.shared]);
    if (!post) return undefined;
    this.shared.delete(post);
    return this.turn(`share ${this.self.id} ${post}`, false, ['DELETE', `/v1/posts/${post}/share`]);
  }

  private async like(): Promise<Outcome | undefined> {
    const target = this.random.of([...this.town.posts, ...this.town.comments]);
    if (!target) return undefined;
    const path = `/v1/${target.id === target.postId ? 'posts' : 'comments'}/${target.id}/like`;
    this.liked.set(target.id, path);
    return this.turn(`like ${this.self.id} ${target.id}`, true, ['PUT', path]);
  }

  private async unlike(): Promise<Outcome | undefined> {
    const [id, path] = this.random.of([...this.liked]) ?? [];
    if (!id || !path) return undefined;
    this.liked.delete(id);
    return this.turn(`like ${this.self.id} ${id}`, false, ['DELETE', path]);
  }

  private async remove(): Promise<Outcome | undefined> {
    const text = this.random.of(this.own);
    if (!text) return undefined;
    for (const list of [this.own, this.town.posts, this.town.comments]) take(list, text.id);
    const kind = text.id === text.postId ? 'posts' : 'comments';
    return this.turn(`deleted ${text.word}`, true, ['DELETE', `/v1/${kind}/${text.id}`]);
  }

  /** Its words change, and whoever they named is named no more. */
  private async edit(): Promise<Outcome | undefined> {
    const post = this.random.of(this.own.filter(({ id, postId }) => id === postId));
    const body = { content: `${post?.word} edited` };
    return post && this.turn(`edited ${post.word}`, true, ['PATCH', `/v1/posts/${post.id}`, body]);
  }

  private async hide(): Promise<Outcome | undefined> {
    const post = this.random.of(
      this.own.filter((it) => it.id === it.postId && !this.town.posts.some(({ id }) => id === it.id)),
    );
    const body = { privacy: 'PRIVATE' };
    return post && this.turn(`private ${post.word}`, true, ['PATCH', `/v1/posts/${post.id}`, body]);
  }

  private async write(path: string, more: object, on?: string): Promise<Asked & { word: string }> {
    this.words += 1;
    const word = `${this.self.person.username}-${this.words}`;
    const named = this.random.of([undefined, undefined, this.random.of(this.town.people)?.person.username]);
    const content = named ? `${word} #tag${this.words % 10} for @${named}` : `${word} #tag${this.words % 10}`;
    const asked = await this.ask('POST', path, { content, ...more });
    this.town.ledger.wrote(word, asked.outcome, asked.id);
    if (asked.id) this.own.push({ id: asked.id, postId: on ?? asked.id, word });
    return { word, ...asked };
  }

  private async turn(
    state: string,
    stands: boolean,
    request: [method: string, path: string, body?: object],
  ): Promise<Outcome> {
    const { outcome } = await this.ask(...request);
    this.town.ledger.turned(state, outcome, stands);
    return outcome;
  }

  private async ask(method: string, path: string, body?: object): Promise<Asked> {
    const headers: Record<string, string> =
      method === 'POST' && this.o.repeats ? { 'idempotency-key': randomUUID() } : {};
    const token = this.self.session.accessToken;
    const ask = () => this.self.client.request(method, path, { body, token, headers });
    const first = await ask().catch(() => undefined);
    if (first && saysHowItStands(first)) return outcomeOf(first, 'refused');
    if (this.o.repeats) return outcomeOf(await untilAnswered(ask), 'unknown');
    await untilAnswered(() => this.self.client.request('GET', '/health/startup'));
    return { outcome: 'unknown', id: undefined };
  }
}

/** @param otherwise what a refusal means: after a request that was not answered it may be refused because that was done */
function outcomeOf({ status, body }: Answer, otherwise: Outcome): Asked {
  const done = status < 300;
  return { outcome: done ? 'done' : otherwise, id: done && status === 201 ? String(body.id) : undefined };
}

function take(list: Text[], id: string): void {
  const index = list.findIndex((text) => text.id === id);
  if (index >= 0) list.splice(index, 1);
}
