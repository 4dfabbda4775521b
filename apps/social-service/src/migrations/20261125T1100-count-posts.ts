import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Posts are counted by facts, which add up to the right sum in any order; on the way there the count of somebody may be
 * below 0, and a row that is proposed for insertion with -1 has to pass the checks even where it becomes an update.
 */
export class CountPosts1795604400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE user_social_stats DROP CONSTRAINT ck_user_social_stats_posts');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE user_social_stats ADD CONSTRAINT ck_user_social_stats_posts CHECK (posts_count >= 0)',
    );
  }
}
