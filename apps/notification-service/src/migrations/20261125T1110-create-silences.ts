import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Between whom nothing is told. */
export class CreateSilences1795605000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE blocks (
        blocker_id uuid NOT NULL,
        blocked_id uuid NOT NULL,
        version    bigint NOT NULL,
        until      timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT pk_blocks PRIMARY KEY (blocker_id, blocked_id)
      );
      COMMENT ON COLUMN blocks.until IS 'When it ended; null while it stands';

      CREATE TABLE mutes (
        muter_id   uuid NOT NULL,
        muted_id   uuid NOT NULL,
        version    bigint NOT NULL,
        until      timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT pk_mutes PRIMARY KEY (muter_id, muted_id)
      );
      COMMENT ON COLUMN mutes.until IS 'When it ends or ended; null: until the muter ends it';

      -- What was done during a silence is not told after it either, so the time counts at which it was done.
      CREATE FUNCTION is_silenced(p_recipient uuid, p_actor uuid, p_at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
        SELECT EXISTS (
          SELECT FROM blocks
           WHERE ((blocker_id = p_recipient AND blocked_id = p_actor) OR (blocker_id = p_actor AND blocked_id = p_recipient))
             AND (until IS NULL OR until > least(p_at, now()))
        ) OR EXISTS (
          SELECT FROM mutes
           WHERE muter_id = p_recipient AND muted_id = p_actor AND (until IS NULL OR until > least(p_at, now())))
      $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION is_silenced(uuid, uuid, timestamptz)');
    for (const table of ['mutes', 'blocks']) await runner.query(`DROP TABLE ${table}`);
  }
}
