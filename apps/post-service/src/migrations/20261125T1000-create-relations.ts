import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What this service keeps of who follows, befriends, blocks and mutes whom. */
export class CreateRelations1795600800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A reader and an author: what the one's seeing of the other's posts depends on, so that a look is one probe.
      CREATE TABLE relations (
        reader_id      uuid NOT NULL,
        author_id      uuid NOT NULL,
        follow_status  text NOT NULL DEFAULT 'NONE'
                       CONSTRAINT ck_relations_follow_status CHECK (follow_status IN ('ACTIVE', 'PENDING', 'NONE')),
        follow_version bigint NOT NULL DEFAULT 0,
        friends        boolean NOT NULL DEFAULT false,
        friend_version bigint NOT NULL DEFAULT 0,
        -- The author's posts belong in the reader's home feed.
        feeds          boolean NOT NULL GENERATED ALWAYS AS (follow_status = 'ACTIVE' OR friends) STORED,
        -- They are looked up when the feed is read, as the author has too many readers to write them to each timeline.
        merged         boolean NOT NULL DEFAULT false,
        created_at     timestamptz(3) NOT NULL DEFAULT now(),
        updated_at     timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT pk_relations PRIMARY KEY (reader_id, author_id)
      );
      CREATE UNIQUE INDEX uq_relations_author_id_reader_id ON relations (author_id, reader_id) WHERE feeds;
      CREATE INDEX idx_relations_reader_id_merged ON relations (reader_id) INCLUDE (author_id) WHERE feeds AND merged;

      CREATE TABLE blocks (
        blocker_id uuid NOT NULL,
        blocked_id uuid NOT NULL,
        version    bigint NOT NULL,
        deleted    boolean NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT pk_blocks PRIMARY KEY (blocker_id, blocked_id)
      );
      CREATE INDEX idx_blocks_blocked_id_blocker_id ON blocks (blocked_id, blocker_id) WHERE NOT deleted;

      CREATE TABLE mutes (
        muter_id   uuid NOT NULL,
        muted_id   uuid NOT NULL,
        posts      boolean NOT NULL,
        until      timestamptz(3),
        version    bigint NOT NULL,
        deleted    boolean NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT pk_mutes PRIMARY KEY (muter_id, muted_id)
      );

      -- A mention names a user by username.
      CREATE INDEX idx_user_cache_username ON user_cache (username) WHERE NOT deleted;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX idx_user_cache_username');
    for (const table of ['mutes', 'blocks', 'relations']) await runner.query(`DROP TABLE ${table}`);
  }
}
