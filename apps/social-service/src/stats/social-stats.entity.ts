import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * How many people a user follows and is followed by, kept by a trigger on `follows`, and how many posts they have, counted by
 * the facts of post-service. A user without a row has none.
 */
@Entity('user_social_stats')
export class SocialStats {
  @PrimaryColumn('uuid', { name: 'user_id' })
  userId: string;

  @Column('integer', { name: 'followers_count' })
  followersCount: number;

  @Column('integer', { name: 'following_count' })
  followingCount: number;

  @Column('integer', { name: 'friends_count' })
  friendsCount: number;

  @Column('integer', { name: 'posts_count' })
  postsCount: number;
}
