import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateUserCache1795262400100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE user_cache (
        id             uuid PRIMARY KEY,
        username       text,
        display_name   text,
        avatar_url     text,
        verified       boolean     NOT NULL,
        privacy_level  text,
        account_status text,
        audience       jsonb,
        version        bigint      NOT NULL,
        deleted        boolean     NOT NULL,
        last_synced    timestamptz NOT NULL,
        created_at     timestamptz NOT NULL,
        updated_at     timestamptz NOT NULL,
        CONSTRAINT ck_user_cache_deleted CHECK (
          CASE WHEN deleted
            THEN username IS NULL AND display_name IS NULL AND avatar_url IS NULL AND audience IS NULL
            ELSE username IS NOT NULL AND display_name IS NOT NULL AND privacy_level IS NOT NULL
                 AND account_status IS NOT NULL AND audience IS NOT NULL
          END)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE user_cache');
  }
}
