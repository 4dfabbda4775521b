import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { fact, PostUpdated } from '@plaza/contracts';
import { Outbox } from '@plaza/kafka';
import { Cursors, mapPage, type Page, type PageQuery, page, transaction } from '@plaza/service-kit';
import { type EntityManager, IsNull, Repository } from 'typeorm';
import { Mentions, mentionFacts } from '../text/mentions.js';
import { parseText } from '../text/parse-text.js';
import { mustBeActive } from '../visibility/active-account.js';
import { Post, type PostChanges } from './post.entity.js';
import { type PostEditView, type PostView, postEditView } from './post.view.js';
import { mentionIn, postState } from './post-facts.js';
import { PostReads, postNotFound } from './post-reads.js';
import { postNotYours } from './posts.service.js';

/** What posts said before, and how they come to say something else. */
@Injectable()
export class PostEditsService {
  constructor(
    @InjectRepository(Post) private readonly posts: Repository<Post>,
    private readonly outbox: Outbox,
    private readonly mentions: Mentions,
    private readonly reads: PostReads,
    private readonly cursors: Cursors,
  ) {}

  async edit(userId: string, id: string, changes: PostChanges): Promise<PostView> {
    const known = await this.reads.row(userId, id);
    if (!known) throw postNotFound();
    if (known.authorId !== userId) throw postNotYours();
    await transaction(this.posts.manager.dataSource, (manager) => this.editWithin(manager, id, changes));
    return this.reads.get(userId, id);
  }

  /** Whoever sees a post sees what it said before. */
  async history(viewer: string, id: string, query: PageQuery): Promise<Page<PostEditView>> {
    if (!(await this.reads.row(viewer, id))) throw postNotFound();
    const list = `post-edits:${id}`;
    const [before] = this.cursors.decode(list, query.cursor) ?? ['infinity'];
    const rows: Array<{ content: string; editedAt: Date }> = await this.posts.query(
      `SELECT content, edited_at AS "editedAt" FROM post_edits
        WHERE post_id = $1 AND edited_at < $2 ORDER BY edited_at DESC LIMIT $3`,
      [id, before, query.limit + 1],
    );
    const cursorOf = ({ editedAt }: { editedAt: Date }) => this.cursors.encode(list, [editedAt.toISOString()]);
    return mapPage(page(rows, query.limit, cursorOf), postEditView);
  }

  private async editWithin(manager: EntityManager, id: string, changes: PostChanges): Promise<void> {
    const post = await manager.findOne(Post, {
      where: { id, deletedAt: IsNull() },
      lock: { mode: 'for_no_key_update' },
    });
    if (!post) throw postNotFound();
    await mustBeActive(manager, post.authorId);
    const before = { ...post };
    if (!post.edit(changes, new Date())) return;
    const { hashtags, usernames } = parseText(post.content);
    const mentioned = await this.mentions.findWithin(manager, usernames, { authorId: post.authorId, post });
    Object.assign(post, { hashtags, mentionedUserIds: mentioned });
    await this.save(manager, before, post);
    await this.outbox.add(manager, fact(PostUpdated, postState(post, await sharedAuthor(manager, post))));
    const told = mentionFacts(mentionIn(post, post.updatedAt), { before: before.mentionedUserIds, now: mentioned });
    for (const mention of told) await this.outbox.add(manager, mention);
  }

  private async save(manager: EntityManager, before: Omit<Post, 'edit'>, post: Post): Promise<void> {
    const { content, privacy, hashtags, mentionedUserIds, editedAt, updatedAt } = post;
    await manager.update(Post, post.id, { content, privacy, hashtags, mentionedUserIds, editedAt, updatedAt });
    if (before.content === content) return;
    await manager.query('INSERT INTO post_edits (post_id, edited_at, content) VALUES ($1, $2, $3)', [
      post.id,
      editedAt,
      before.content,
    ]);
    await manager.query('DELETE FROM post_hashtags WHERE position = $1', [post.position]);
    await manager.query('INSERT INTO post_hashtags (tag, position) SELECT unnest($1::text[]), $2', [
      hashtags,
      post.position,
    ]);
  }
}

async function sharedAuthor(manager: EntityManager, { sharedPostId }: Post): Promise<string | null> {
  return sharedPostId === null ? null : (await manager.findOneByOrFail(Post, { id: sharedPostId })).authorId;
}
