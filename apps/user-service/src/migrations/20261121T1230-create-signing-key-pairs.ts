import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The keys that sign access tokens. Of the private half the database sees only a sealed text. */
export class CreateSigningKeyPairs1795264200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE signing_key_pairs (
        kid                text        NOT NULL CONSTRAINT pk_signing_key_pairs PRIMARY KEY,
        public_jwk         jsonb       NOT NULL,
        sealed_private_jwk text        NOT NULL,
        signs_from         timestamptz NOT NULL,
        accepted_until     timestamptz CONSTRAINT ck_signing_key_pairs_accepted_until CHECK (accepted_until > signs_from),
        version            bigint      NOT NULL,
        created_at         timestamptz NOT NULL DEFAULT now(),
        updated_at         timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE signing_key_pairs');
  }
}
