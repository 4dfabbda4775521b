import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateIdempotencyKeys1795258860000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE idempotency_keys (
        user_id uuid NOT NULL,
        route text NOT NULL,
        key text NOT NULL,
        fingerprint text NOT NULL,
        result jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_idempotency_keys PRIMARY KEY (user_id, route, key)
      )`);
    await queryRunner.query(`CREATE INDEX idx_idempotency_keys_created_at ON idempotency_keys (created_at)`);
    // One round trip for the lock and the look behind it. The look must be a statement of its own, with a snapshot taken
    // after the lock was had: in the lock's own statement it would miss what the holder has just committed.
    await queryRunner.query(`
      CREATE FUNCTION idempotency_claim(
        p_user_id uuid, p_route text, p_key text,
        OUT busy boolean, OUT known_fingerprint text, OUT known_result jsonb
      ) LANGUAGE plpgsql VOLATILE AS $$
      BEGIN
        busy := NOT pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', p_user_id, p_route, p_key), 1));
        IF busy THEN
          RETURN;
        END IF;
        SELECT fingerprint, result INTO known_fingerprint, known_result
        FROM idempotency_keys
        WHERE user_id = p_user_id AND route = p_route AND key = p_key AND created_at > now() - interval '24 hours';
      END $$`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION idempotency_claim(uuid, text, text)`);
    await queryRunner.query(`DROP TABLE idempotency_keys`);
  }
}
