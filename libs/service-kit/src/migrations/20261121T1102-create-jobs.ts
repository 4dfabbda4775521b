import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateJobs1795258920000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE jobs (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        payload jsonb NOT NULL,
        unique_key text,
        status text NOT NULL DEFAULT 'PENDING' CONSTRAINT ck_jobs_status CHECK (status IN ('PENDING', 'DONE', 'DEAD')),
        run_at timestamptz NOT NULL DEFAULT now(),
        attempts integer NOT NULL DEFAULT 0,
        max_attempts integer NOT NULL,
        lease_holder text,
        lease_until timestamptz,
        result jsonb,
        last_error text,
        finished_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await queryRunner.query(`CREATE INDEX idx_jobs_run_at ON jobs (run_at) WHERE status = 'PENDING'`);
    await queryRunner.query(`CREATE INDEX idx_jobs_finished_at ON jobs (finished_at) WHERE status = 'DONE'`);
    await queryRunner.query(`CREATE INDEX idx_jobs_dead ON jobs (finished_at) WHERE status = 'DEAD'`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX uq_jobs_kind_unique_key ON jobs (kind, unique_key)
      WHERE status = 'PENDING' AND unique_key IS NOT NULL`);

    await queryRunner.query(`
      CREATE TABLE scheduled_jobs (
        name text PRIMARY KEY,
        last_run_at timestamptz,
        lease_holder text,
        lease_until timestamptz,
        last_error text,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE scheduled_jobs`);
    await queryRunner.query(`DROP TABLE jobs`);
  }
}
