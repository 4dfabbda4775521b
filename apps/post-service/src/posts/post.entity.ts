import type { PostType, PrivacyLevel } from '@plaza/contracts';
import { Invalid } from '@plaza/service-kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What an edit changes; what is absent stays. */
export interface PostChanges {
  content?: string;
  privacy?: PrivacyLevel;
}

/** Something that somebody said, shared or quoted. Its counts are kept by triggers. */
@Entity('posts')
export class Post {
  @PrimaryColumn('uuid')
  id: string;

  /** The version of the fact that told of its creation: the order of all lists. */
  @Column('bigint')
  position: string;

  @Column('uuid', { name: 'author_id' })
  authorId: string;

  @Column('text')
  type: PostType;

  /** Null: a share without words of its own. */
  @Column('text', { nullable: true })
  content: string | null;

  @Column('text')
  privacy: PrivacyLevel;

  @Column('text', { name: 'link_url', nullable: true })
  linkUrl: string | null;

  @Column('uuid', { name: 'shared_post_id', nullable: true })
  sharedPostId: string | null;

  @Column('text', { array: true })
  hashtags: string[];

  @Column('uuid', { name: 'mentioned_user_ids', array: true })
  mentionedUserIds: string[];

  @Column('timestamptz', { name: 'edited_at', nullable: true })
  editedAt: Date | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  /**
   * Changes words and privacy. False: it says all that already. The edits of one post are a moment apart, whatever the clock
   * says, as their times tell them apart.
   * @throws Invalid SHARE_NOT_EDITABLE
   */
  edit({ content = this.content ?? '', privacy = this.privacy }: PostChanges, now: Date): boolean {
    if (this.content === null) throw new Invalid('SHARE_NOT_EDITABLE', 'A share without words cannot be edited.');
    if (content === this.content && privacy === this.privacy) return false;
    if (content !== this.content) {
      const last = this.editedAt?.getTime() ?? 0;
      this.editedAt = new Date(Math.max(now.getTime(), last + 1));
    }
    this.content = content;
    this.privacy = privacy;
    this.updatedAt = now;
    return true;
  }
}
