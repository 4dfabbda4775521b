import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { CommentDeleted, CommentUpdated, fact, type PrivacyLevel } from '@plaza/contracts';
import { Outbox } from '@plaza/kafka';
import { Forbidden, type Prepared, queryPrepared, transaction } from '@plaza/service-kit';
import { type DataSource, type EntityManager, IsNull, Repository } from 'typeorm';
import { Mentions, mentionFacts } from '../text/mentions.js';
import { parseText } from '../text/parse-text.js';
import { active } from '../visibility/people.js';
import { COMMENT_FROM } from '../visibility/visible-comment.js';
import { Comment } from './comment.entity.js';
import { type Concerned, commentState, mentionInComment } from './comment-facts.js';
import { CommentReads, commentNotFound } from './comment-reads.js';
import { commentShown } from './comment-row.js';
import type { CommentView } from './comments.view.js';
import { type CommentDraft, NewComments } from './new-comments.js';

/** A comment, and what it takes to decide what somebody may do with it. */
interface Circumstances extends Concerned {
  authorId: string;
  postId: string;
  parentCommentId: string | null;
  deletedAt: Date | null;
  postPrivacy: PrivacyLevel;
  /** The user sees it, or that there was one. */
  shown: boolean;
  /** The user's account is active. */
  mayWrite: boolean;
}

const CIRCUMSTANCES: Prepared = {
  name: 'comment-circumstances',
  text: `SELECT c.author_id AS "authorId", c.post_id AS "postId", c.parent_comment_id AS "parentCommentId",
                c.deleted_at AS "deletedAt", p.author_id AS "postAuthorId", p.privacy AS "postPrivacy",
                (SELECT parent.author_id FROM comments parent WHERE parent.id = c.parent_comment_id) AS "parentAuthorId",
                ${commentShown('$1')} AS shown, ${active('$1')} AS "mayWrite"
           FROM ${COMMENT_FROM} WHERE c.id = $2`,
};

/** What people say about posts. Every change and its facts are one transaction. */
@Injectable()
export class CommentsService {
  constructor(
    @InjectRepository(Comment) private readonly comments: Repository<Comment>,
    private readonly outbox: Outbox,
    private readonly mentions: Mentions,
    private readonly news: NewComments,
    private readonly reads: CommentReads,
  ) {}

  /** Comments on a post, or answers a comment of it. */
  async create(authorId: string, postId: string, draft: CommentDraft): Promise<CommentView> {
    return this.reads.own(authorId, await this.news.add(authorId, postId, draft));
  }

  /** Its author says something else. */
  async edit(userId: string, id: string, content: string): Promise<CommentView> {
    const { authorId, deletedAt, shown, mayWrite, postPrivacy, ...concerned } = await this.circumstances(userId, id);
    if (!shown || deletedAt) throw commentNotFound();
    if (authorId !== userId) throw notYours();
    if (!mayWrite) throw new Forbidden('ACCOUNT_NOT_ACTIVE', 'Your account is not active.');
    const post = { authorId: concerned.postAuthorId, privacy: postPrivacy };
    const mentioned = await this.mentions.find(parseText(content).usernames, { authorId, post });
    await transaction(this.database, (manager) => this.editWithin(manager, { id, content, mentioned, concerned }));
    return this.reads.own(userId, id);
  }

  /** Its author or the post's deletes it, also when they can't see it any more. Twice changes nothing. */
  async remove(userId: string, id: string): Promise<void> {
    const comment = await this.circumstances(userId, id);
    if (userId !== comment.authorId && userId !== comment.postAuthorId)
      throw comment.shown ? notYours() : commentNotFound();
    if (!comment.deletedAt) await transaction(this.database, (manager) => this.removeWithin(manager, id, comment));
  }

  private async editWithin(
    manager: EntityManager,
    { id, content, mentioned, concerned }: { id: string; content: string; mentioned: string[]; concerned: Concerned },
  ): Promise<void> {
    await this.outbox.lock(manager, id);
    const comment = await manager.findOneBy(Comment, { id, deletedAt: IsNull() });
    if (!comment) throw commentNotFound();
    const before = comment.mentionedUserIds;
    if (!comment.edit(content, mentioned, new Date())) return;
    const { mentionedUserIds, editedAt, updatedAt } = comment;
    await manager.update(Comment, { id }, { content, mentionedUserIds, editedAt, updatedAt });
    await this.outbox.add(manager, fact(CommentUpdated, commentState(comment, concerned)));
    const told = mentionFacts(mentionInComment(comment, concerned), { before, now: mentioned });
    for (const mention of told) await this.outbox.add(manager, mention);
  }

  private async removeWithin(
    manager: EntityManager,
    id: string,
    { postId, postAuthorId, parentCommentId, authorId }: Circumstances,
  ): Promise<void> {
    await this.outbox.lock(manager, id);
    // All rows of comments that change, in one order and before the post's, or a reply at the same time could lock us out.
    const both = [id, parentCommentId];
    await manager.query('SELECT FROM comments WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE', [both]);
    const deletedAt = new Date();
    const gone = { deletedAt, updatedAt: deletedAt };
    const { affected } = await manager.update(Comment, { id, deletedAt: IsNull() }, gone);
    if (!affected) return;
    const told = { id, postId, postAuthorId, parentCommentId, authorId, deletedAt: deletedAt.toISOString() };
    await this.outbox.add(manager, fact(CommentDeleted, told));
  }

  private async circumstances(userId: string, id: string): Promise<Circumstances> {
    const [found] = await queryPrepared<Circumstances>(this.database, CIRCUMSTANCES, [userId, id]);
    if (!found) throw commentNotFound();
    return found;
  }

  private get database(): DataSource {
    return this.comments.manager.dataSource;
  }
}

function notYours(): Forbidden {
  return new Forbidden('COMMENT_NOT_YOURS', 'The comment is not yours.');
}
