import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What somebody said about a post, or in answer to another comment of it. Its counts are kept by triggers. */
@Entity('comments')
export class Comment {
  @PrimaryColumn('uuid')
  id: string;

  /** The version of the fact that told of its creation: the order of all lists. */
  @Column('bigint')
  position: string;

  @Column('uuid', { name: 'post_id' })
  postId: string;

  @Column('uuid', { name: 'parent_comment_id', nullable: true })
  parentCommentId: string | null;

  @Column('uuid', { name: 'author_id' })
  authorId: string;

  @Column('text')
  content: string;

  @Column('uuid', { name: 'mentioned_user_ids', array: true })
  mentionedUserIds: string[];

  @Column('timestamptz', { name: 'edited_at', nullable: true })
  editedAt: Date | null;

  /** Its words stay in the row and are shown to nobody; its answers stay where they are. */
  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  /** Says something else. False: it says that already. */
  edit(content: string, mentionedUserIds: string[], now: Date): boolean {
    if (content === this.content) return false;
    Object.assign(this, { content, mentionedUserIds, editedAt: now, updatedAt: now });
    return true;
  }
}
