import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One row per signed-in device. Of its refresh tokens only hashes are kept. */
export class CreateUserSessions1795263000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE user_sessions (
        id                  uuid        NOT NULL CONSTRAINT pk_user_sessions PRIMARY KEY,
        user_id             uuid        NOT NULL CONSTRAINT fk_user_sessions_user_id REFERENCES users ON DELETE CASCADE,
        family_hash         bytea       NOT NULL
                            CONSTRAINT ck_user_sessions_family_hash CHECK (octet_length(family_hash) = 32),
        token_hash          bytea       NOT NULL CONSTRAINT ck_user_sessions_token_hash CHECK (octet_length(token_hash) = 32),
        previous_token_hash bytea,
        successor_salt      bytea,
        rotated_at          timestamptz,
        device_name         text        CONSTRAINT ck_user_sessions_device_name CHECK (char_length(device_name) <= 100),
        ip                  text        CONSTRAINT ck_user_sessions_ip CHECK (char_length(ip) <= 64),
        user_agent          text        CONSTRAINT ck_user_sessions_user_agent CHECK (char_length(user_agent) <= 512),
        last_used_at        timestamptz NOT NULL,
        expires_at          timestamptz NOT NULL,
        revoked_at          timestamptz,
        revoked_reason      text        CONSTRAINT ck_user_sessions_revoked_reason
                            CHECK (revoked_reason IN ('LOGGED_OUT', 'ENDED_BY_USER', 'TOKEN_REUSED')),
        created_at          timestamptz NOT NULL DEFAULT now(),
        updated_at          timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT ck_user_sessions_revoked_at CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL)),
        CONSTRAINT ck_user_sessions_rotated_at CHECK (
          num_nonnulls(previous_token_hash, successor_salt, rotated_at) IN (0, 3)
        )
      )`);
    await runner.query('CREATE INDEX idx_user_sessions_user_id ON user_sessions (user_id)');
    await runner.query('CREATE INDEX idx_user_sessions_expires_at ON user_sessions (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE user_sessions');
  }
}
