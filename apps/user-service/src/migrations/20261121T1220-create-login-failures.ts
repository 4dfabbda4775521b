import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Failed log-ins by account and network, whether or not such an account exists; the key is a hash of both. */
export class CreateLoginFailures1795263600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE login_failures (
        key           bytea       NOT NULL CONSTRAINT pk_login_failures PRIMARY KEY,
        count         integer     NOT NULL CONSTRAINT ck_login_failures_count CHECK (count > 0),
        blocked_until timestamptz NOT NULL,
        created_at    timestamptz NOT NULL DEFAULT now(),
        updated_at    timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX idx_login_failures_blocked_until ON login_failures (blocked_until)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE login_failures');
  }
}
