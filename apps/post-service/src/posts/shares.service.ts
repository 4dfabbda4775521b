import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { fact, PostShared } from '@plaza/contracts';
import { Outbox } from '@plaza/kafka';
import { Conflict, Forbidden, isUniqueViolation, transaction } from '@plaza/service-kit';
import { UserCache } from '@plaza/user-cache';
import type { DataSource, EntityManager } from 'typeorm';
import type { PostDraft } from './new-post.js';
import { NewPosts, type WrittenPost } from './new-posts.js';
import type { PostView } from './post.view.js';
import { deletePost } from './post-deletion.js';
import { PostReads, postNotFound } from './post-reads.js';
import type { PostRow } from './post-row.js';

/** The share that a post's id, or that of another plain share of the post, leads to. */
const MY_SHARE = `
  SELECT s.id FROM posts s
   WHERE s.author_id = $1 AND s.content IS NULL AND s.deleted_at IS NULL
     AND s.shared_post_id IN ($2, (SELECT o.shared_post_id FROM posts o WHERE o.id = $2 AND o.content IS NULL))`;

/** Shares and quotes: posts that show another one. */
@Injectable()
export class SharesService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly outbox: Outbox,
    private readonly newPosts: NewPosts,
    private readonly reads: PostReads,
    private readonly users: UserCache,
  ) {}

  /** Shares the post, or quotes it where the draft has words. */
  async add(id: string, draft: PostDraft): Promise<PostView> {
    const shared = await this.shareable(draft.authorId, id);
    const written = await this.newPosts.prepare({ ...draft, shared: { id: shared.id, authorId: shared.authorId } });
    const made = await transaction(this.database, (manager) => this.addWithin(manager, written, shared)).catch(
      (error: unknown) => {
        if (!isUniqueViolation(error, 'uq_posts_author_id_shared_post_id')) throw error;
        throw new Conflict('ALREADY_SHARED', 'You have shared this post already.');
      },
    );
    return this.reads.get(draft.authorId, made);
  }

  /** Takes one's plain share of the post back; quotes are posts to be deleted. */
  async remove(userId: string, id: string): Promise<void> {
    const [mine] = await this.database.query<Array<{ id: string }>>(MY_SHARE, [userId, id]);
    if (mine) await deletePost(this.database, this.outbox, { id: mine.id, authorId: userId });
  }

  /** The post that a share of this one shows: where it is a plain share itself, the original. */
  private async shareable(userId: string, id: string): Promise<PostRow> {
    const asked = await this.reads.row(userId, id);
    const original = asked?.content === null ? asked.sharedPostId : null;
    const post = original === null ? asked : await this.reads.row(userId, original);
    if (!post) throw postNotFound();
    const open = post.authorId === userId || (await this.users.find(post.authorId))?.privacyLevel === 'PUBLIC';
    if (post.privacy !== 'PUBLIC' || !open) throw notShareable();
    return post;
  }

  private async addWithin(manager: EntityManager, written: WrittenPost, shared: PostRow): Promise<string> {
    // Its count is about to change anyway; from here on it can neither be deleted nor made private.
    const [still] = await manager.query<object[]>(
      `SELECT FROM posts WHERE id = $1 AND deleted_at IS NULL AND privacy = 'PUBLIC' FOR NO KEY UPDATE`,
      [shared.id],
    );
    if (!still) throw postNotFound();
    const id = await this.newPosts.addWithin(manager, written);
    const { authorId, content, createdAt } = written.post;
    const share = { id, authorId, sharedPostId: shared.id, sharedPostAuthorId: shared.authorId, content };
    await this.outbox.add(manager, fact(PostShared, { ...share, createdAt: createdAt.toISOString() }));
    return id;
  }
}

function notShareable(): Forbidden {
  return new Forbidden('POST_NOT_SHAREABLE', 'Only public posts of public accounts can be shared.');
}
