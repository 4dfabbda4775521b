import { randomUUID } from 'node:crypto';
import {
  BlockCreated,
  BlockDeleted,
  CommentCreated,
  CommentDeleted,
  CommentLiked,
  CommentUnliked,
  FollowAccepted,
  FollowCreated,
  FollowDeleted,
  FollowRequested,
  fact,
  type Mention,
  MuteCreated,
  MuteDeleted,
  type NotificationType,
  PostDeleted,
  PostLiked,
  PostShared,
  PostUnliked,
  UserCreated,
  UserMentioned,
  UserUnmentioned,
} from '@plaza/contracts';
import { actors, userState } from '@plaza/testing';
import { ServiceUnderTest } from '@plaza/testing/service';
import { notificationService } from '../src/index.js';
import type { NotificationView } from '../src/notifications/notification.view.js';

export const { alice, bob, carol } = actors;

export interface SeenFrame {
  type: string;
  time: string;
  data: Record<string, unknown>;
}

interface Published {
  frame: SeenFrame;
}

export interface Listed {
  items: NotificationView[];
  nextCursor: string | null;
}

/** A post, and whose it is. */
export interface Post {
  id: string;
  authorId: string;
}

/** A comment on a post. */
export interface Comment extends Post {
  post: Post;
}

const createdAt = '2026-11-25T12:00:00.000Z';

export const someone = (): string => randomUUID();
export const postOf = (authorId: string): Post => ({ id: randomUUID(), authorId });
export const commentOf = (authorId: string, post: Post): Comment => ({ id: randomUUID(), authorId, post });

const likeOf = (userId: string, post: Post) => ({ userId, postId: post.id, postAuthorId: post.authorId, createdAt });
export const liked = (userId: string, post: Post): object => fact(PostLiked, likeOf(userId, post));
export const unliked = (userId: string, post: Post): object => fact(PostUnliked, likeOf(userId, post));

const commentLikeOf = (userId: string, { id, authorId, post }: Comment) => ({
  ...{ userId, commentId: id, commentAuthorId: authorId, postId: post.id, createdAt },
});
export const commentLiked = (userId: string, it: Comment): object => fact(CommentLiked, commentLikeOf(userId, it));
export const commentUnliked = (userId: string, it: Comment): object => fact(CommentUnliked, commentLikeOf(userId, it));

const pair = (followerId: string, followingId: string) => ({ followerId, followingId, createdAt });
export const followed = (by: string, of: string): object => fact(FollowCreated, { ...pair(by, of), status: 'ACTIVE' });
export const requested = (by: string, of: string): object =>
  fact(FollowRequested, { ...pair(by, of), status: 'PENDING' });
export const accepted = (by: string, of: string): object => fact(FollowAccepted, { ...pair(by, of), status: 'ACTIVE' });
export const unfollowed = (by: string, of: string): object => fact(FollowDeleted, { ...pair(by, of), status: 'NONE' });

export function commented({ id, authorId, post }: Comment, parent?: Comment): object {
  const ends = { parentCommentId: parent?.id ?? null, parentAuthorId: parent?.authorId ?? null };
  return fact(CommentCreated, {
    ...{
      id,
      postId: post.id,
      postAuthorId: post.authorId,
      ...ends,
      authorId,
      content: 'Well.',
      createdAt,
      editedAt: null,
    },
  });
}

export function uncommented({ id, authorId, post }: Comment, parent?: Comment): object {
  const ends = { postAuthorId: post.authorId, parentCommentId: parent?.id ?? null, authorId };
  return fact(CommentDeleted, { id, postId: post.id, ...ends, deletedAt: createdAt });
}

/** In a post, or in a comment. */
function mentionOf(userId: string, where: Post | Comment, parent?: Comment): Mention {
  const inside = 'post' in where;
  const post = inside ? where.post : where;
  return {
    ...{ mentionedUserId: userId, authorId: where.authorId, postId: post.id, commentId: inside ? where.id : null },
    ...{ postAuthorId: post.authorId, parentAuthorId: parent?.authorId ?? null, createdAt },
  };
}
export const mentioned = (userId: string, where: Post | Comment, parent?: Comment): object =>
  fact(UserMentioned, mentionOf(userId, where, parent));
export const unmentioned = (userId: string, where: Post | Comment): object =>
  fact(UserUnmentioned, mentionOf(userId, where));

/** `share` is the post that shares `of`; with words it is a quote. */
export const shared = (share: Post, of: Post, content: string | null = null): object =>
  fact(PostShared, {
    ...{
      id: share.id,
      authorId: share.authorId,
      sharedPostId: of.id,
      sharedPostAuthorId: of.authorId,
      content,
      createdAt,
    },
  });
export const deleted = ({ id, authorId }: Post, shares?: Post): object =>
  fact(PostDeleted, { id, authorId, sharedPostId: shares?.id ?? null, deletedAt: createdAt });

export const blocked = (blockerId: string, blockedId: string): object =>
  fact(BlockCreated, { blockerId, blockedId, createdAt });
export const unblocked = (blockerId: string, blockedId: string): object =>
  fact(BlockDeleted, { blockerId, blockedId, createdAt });
export const muted = (muterId: string, mutedId: string, o: { notifications?: boolean; until?: string } = {}): object =>
  fact(MuteCreated, { muterId, mutedId, posts: false, notifications: true, until: null, createdAt, ...o });
export const unmuted = (muterId: string, mutedId: string): object => fact(MuteDeleted, { muterId, mutedId });

/** notification-service that knows alice, bob and carol, with what the tests of it ask again and again. */
export class NotificationsUnderTest {
  private version = 100;

  private constructor(readonly service: ServiceUnderTest) {}

  static async start(env: NodeJS.ProcessEnv = {}): Promise<NotificationsUnderTest> {
    const service = await ServiceUnderTest.start(notificationService, env);
    for (const actor of [alice, bob, carol]) await service.publish(fact(UserCreated, userState(actor)), { version: 1 });
    return new NotificationsUnderTest(service);
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  /** A version above all before. */
  next(): number {
    this.version += 1;
    return this.version;
  }

  /** Publishes facts one after the other, each newer than all before. */
  async publish(...facts: object[]): Promise<void> {
    for (const one of facts) await this.service.publish(one, { version: this.next() });
  }

  /** Publishes facts and waits until all of them are through. */
  async tell(...facts: object[]): Promise<void> {
    await this.publish(...facts);
    await this.service.settle();
  }

  async list(as: string, query = ''): Promise<Listed> {
    const { status, body } = await this.service.request<Listed>('GET', `/v1/notifications${query}`, { as });
    if (status !== 200) throw new Error(`the list answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  /** The titles of all that is unread, the newest first. */
  async titles(as: string): Promise<string[]> {
    return (await this.list(as, '?unread=true&limit=100')).items.map(({ title }) => title);
  }

  /** How many of each type a user is told, unread ones only. */
  async told(as: string): Promise<Partial<Record<NotificationType, number>>> {
    const told: Partial<Record<NotificationType, number>> = {};
    for (const { type } of (await this.list(as, '?unread=true&limit=100')).items) told[type] = (told[type] ?? 0) + 1;
    return told;
  }

  /** The only notification of a user. */
  async only(as: string): Promise<NotificationView> {
    const { items } = await this.list(as);
    const [only] = items;
    if (!only || items.length !== 1) throw new Error(`${items.length} notifications instead of one`);
    return only;
  }

  async unreadCount(as: string): Promise<number> {
    const { body } = await this.service.request<{ count: number }>('GET', '/v1/notifications/unread-count', { as });
    return body.count;
  }

  async read(as: string, id: string): Promise<number> {
    return (await this.service.request('PUT', `/v1/notifications/${id}/read`, { as })).status;
  }

  async readAll(as: string, until?: string): Promise<number> {
    const body = until === undefined ? undefined : { until };
    return (await this.service.request('PUT', '/v1/notifications/read-all', { as, body })).status;
  }

  /** What was published about a user's notifications, oldest first. */
  async facts(recipientId: string): Promise<Array<{ type: string; payload: Record<string, unknown> }>> {
    const facts = await this.service.facts();
    return facts.filter(({ key, type }) => key === recipientId && type.startsWith('notification.'));
  }

  /** What a user's open clients were told, oldest first. */
  async frames(recipientId: string): Promise<SeenFrame[]> {
    const facts = await this.service.facts();
    const published = facts.filter(({ key, type }) => key === recipientId && type === 'frame.published');
    return published.map(({ payload }) => (payload as unknown as Published).frame);
  }

  /** As `<type> <unread count>`. */
  async frameTypes(recipientId: string): Promise<string[]> {
    const frames = await this.frames(recipientId);
    return frames.map(({ type, data }) => `${type.replace('notification.', '')} ${data.unreadCount}`);
  }

  async factTypes(recipientId: string): Promise<string[]> {
    return (await this.facts(recipientId)).map(({ type }) => type.replace('notification.', ''));
  }
}

/** All orders of some facts. */
export function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) => ordersOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
