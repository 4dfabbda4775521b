import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { CommentCreated, fact } from '@plaza/contracts';
import { factId, Outbox, type OutboxParameters } from '@plaza/kafka';
import { NotFound, oneStatement, transaction } from '@plaza/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { PostReads } from '../posts/post-reads.js';
import { Mentions, mentionFacts } from '../text/mentions.js';
import { parseText } from '../text/parse-text.js';
import { PostAuthors } from '../visibility/post-authors.js';
import { type CommentFields, commentState, mentionInComment } from './comment-facts.js';
import { commentInsert, type InsertedRow, inserted } from './comment-insert.js';

export interface CommentDraft {
  content: string;
  parentCommentId?: string;
}

/** Writes comments. */
@Injectable()
export class NewComments {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly outbox: Outbox,
    private readonly mentions: Mentions,
    private readonly posts: PostReads,
    private readonly authors: PostAuthors,
  ) {}

  /** Gives the id. */
  async add(authorId: string, postId: string, { content, parentCommentId }: CommentDraft): Promise<string> {
    const asked = { authorId, postId, parentCommentId: parentCommentId ?? null, content };
    const comment: CommentFields = { ...asked, id: factId(), createdAt: new Date(), editedAt: null };
    const mentioned = await this.mentionedIn(comment);
    try {
      return await this.write(comment, mentioned);
    } catch (error) {
      const unseen = error instanceof NotFound && error.code === 'POST_NOT_FOUND';
      if (unseen && (await this.authors.arrived(postId))) return this.write(comment, mentioned);
      throw error;
    }
  }

  /** One statement, unless the comment mentions somebody. */
  private async write(comment: CommentFields, mentioned: string[]): Promise<string> {
    if (mentioned.length > 0)
      return transaction(this.database, (manager) => this.writeWithin(manager, comment, mentioned));
    const insert = commentInsert(comment, [], this.created(comment));
    const id = await oneStatement(this.database, insert, (rows: InsertedRow[]) => {
      inserted(comment, rows);
      return comment.id;
    });
    this.outbox.wake();
    return id;
  }

  private async writeWithin(manager: EntityManager, comment: CommentFields, mentioned: string[]): Promise<string> {
    const { text, values } = commentInsert(comment, mentioned, this.created(comment));
    const concerned = inserted(comment, await manager.query<InsertedRow[]>(text, values));
    const told = mentionFacts(mentionInComment(comment, concerned), { now: mentioned });
    for (const mention of told) await this.outbox.add(manager, mention);
    return comment.id;
  }

  /** Nobody, where there is no such post: the statement will say so. */
  private async mentionedIn({ authorId, postId, content }: CommentFields): Promise<string[]> {
    const { usernames } = parseText(content);
    const post = usernames.length > 0 ? await this.posts.row(authorId, postId) : undefined;
    return post ? this.mentions.find(usernames, { authorId, post }) : [];
  }

  /** Whom it concerns the statement finds; the comment's author stands in. */
  private created(comment: CommentFields): OutboxParameters {
    const standIns = { postAuthorId: comment.authorId, parentAuthorId: comment.authorId };
    return this.outbox.prepare(fact(CommentCreated, commentState(comment, standIns)));
  }
}
