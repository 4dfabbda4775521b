import { Column, Entity, PrimaryColumn } from 'typeorm';

export type FollowStatus = 'ACTIVE' | 'PENDING';

/** One person follows another, or has asked to (a private account decides itself who follows it). */
@Entity('follows')
export class Follow {
  @PrimaryColumn('uuid', { name: 'follower_id' })
  followerId: string;

  @PrimaryColumn('uuid', { name: 'following_id' })
  followingId: string;

  @Column('text')
  status: FollowStatus;

  /** The version of the fact that told of this state; a replica that has seen a higher one ignores it. */
  @Column('bigint')
  version: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}
