import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Outbox } from '@plaza/kafka';
import { Forbidden } from '@plaza/service-kit';
import { Repository } from 'typeorm';
import { NewPosts } from './new-posts.js';
import { Post } from './post.entity.js';
import type { PostView } from './post.view.js';
import { deletePost } from './post-deletion.js';
import { PostReads, postNotFound } from './post-reads.js';
import type { CreatePost } from './posts.dto.js';
import { SharesService } from './shares.service.js';

/** What people say. Every change and its facts are one transaction. */
@Injectable()
export class PostsService {
  constructor(
    @InjectRepository(Post) private readonly posts: Repository<Post>,
    private readonly outbox: Outbox,
    private readonly newPosts: NewPosts,
    private readonly shares: SharesService,
    private readonly reads: PostReads,
  ) {}

  async create(authorId: string, { sharedPostId, ...said }: CreatePost): Promise<PostView> {
    const draft = { authorId, ...said };
    return sharedPostId ? this.shares.add(sharedPostId, draft) : this.newPosts.add(await this.newPosts.prepare(draft));
  }

  /** Deleting one's own post again changes nothing. */
  async remove(userId: string, id: string): Promise<void> {
    const own = { id, authorId: userId };
    if (await deletePost(this.posts.manager.dataSource, this.outbox, own)) return;
    if (!(await this.posts.existsBy(own))) throw await this.notMine(userId, id);
  }

  private async notMine(userId: string, id: string): Promise<Error> {
    return (await this.reads.row(userId, id)) ? postNotYours() : postNotFound();
  }
}

export function postNotYours(): Forbidden {
  return new Forbidden('POST_NOT_YOURS', 'Only its author may do that.');
}
