import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { fact, PostCreated } from '@plaza/contracts';
import { factId, Outbox } from '@plaza/kafka';
import { oneStatement, transaction } from '@plaza/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import { Mentions, mentionFacts } from '../text/mentions.js';
import { type NewPost, newPost, type PostDraft } from './new-post.js';
import { type PostView, postView } from './post.view.js';
import { mentionIn, postState } from './post-facts.js';
import { type InsertedRow, insertedRow, newPostRow, postInsert } from './post-insert.js';
import { PostReads } from './post-reads.js';

/** A post with those whom its words mention. */
export interface WrittenPost {
  post: NewPost;
  mentionedUserIds: string[];
}

/** Writes posts. */
@Injectable()
export class NewPosts {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly outbox: Outbox,
    private readonly mentions: Mentions,
    private readonly reads: PostReads,
  ) {}

  /** Looks up what a draft says. Outside of any transaction. */
  async prepare(draft: PostDraft): Promise<WrittenPost> {
    const post = newPost(draft, { id: factId(), now: new Date() });
    return { post, mentionedUserIds: await this.mentions.find(post.usernames, { authorId: post.authorId, post }) };
  }

  /** A post that shares nothing: one statement, unless it mentions somebody. */
  async add(written: WrittenPost): Promise<PostView> {
    if (written.mentionedUserIds.length === 0) return this.addAtOnce(written);
    const id = await transaction(this.database, (manager) => this.addWithin(manager, written));
    return this.reads.get(written.post.authorId, id);
  }

  /** The post, its fact and those of its mentions in an open transaction. Gives its id. */
  async addWithin(manager: EntityManager, { post, mentionedUserIds }: WrittenPost): Promise<string> {
    const { text, values } = postInsert(post, mentionedUserIds, this.created(post));
    insertedRow(await manager.query<InsertedRow[]>(text, values));
    const told = mentionFacts(mentionIn(post, post.createdAt), { now: mentionedUserIds });
    for (const mention of told) await this.outbox.add(manager, mention);
    return post.id;
  }

  private async addAtOnce({ post, mentionedUserIds }: WrittenPost): Promise<PostView> {
    const made: { row?: InsertedRow } = {};
    const insert = postInsert(post, mentionedUserIds, this.created(post));
    const id = await oneStatement(this.database, insert, (rows: InsertedRow[]) => {
      made.row = insertedRow(rows);
      return post.id;
    });
    this.outbox.wake();
    // Where an earlier request with the same key has made it, its id is all that is known here.
    return made.row ? postView(newPostRow(post, mentionedUserIds, made.row)) : this.reads.get(post.authorId, id);
  }

  private created(post: NewPost) {
    return this.outbox.prepare(fact(PostCreated, postState(post, post.sharedPostAuthorId)));
  }
}
