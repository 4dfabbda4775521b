import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts and profiles: two tables, so that what is read with every request stays narrow and secrets lie apart. */
export class CreateUsers1795262400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    await runner.query(`
      CREATE TABLE users (
        id              uuid        NOT NULL CONSTRAINT pk_users PRIMARY KEY,
        email           text        NOT NULL CONSTRAINT ck_users_email CHECK (char_length(email) BETWEEN 3 AND 254),
        username        text        NOT NULL CONSTRAINT ck_users_username CHECK (username ~ '^[a-z0-9_.]{3,50}$'),
        password_hash   text,
        phone           text        CONSTRAINT ck_users_phone CHECK (phone ~ '^[+][1-9][0-9]{6,14}$'),
        phone_verified  boolean     NOT NULL DEFAULT false,
        email_verified  boolean     NOT NULL DEFAULT false,
        status          text        NOT NULL DEFAULT 'ACTIVE'
                        CONSTRAINT ck_users_status CHECK (status IN ('ACTIVE', 'SUSPENDED', 'DEACTIVATED', 'DELETED')),
        role            text        NOT NULL DEFAULT 'USER'
                        CONSTRAINT ck_users_role CHECK (role IN ('USER', 'MODERATOR', 'ADMIN')),
        last_login_at   timestamptz,
        last_seen_at    timestamptz,
        login_count     integer     NOT NULL DEFAULT 0 CONSTRAINT ck_users_login_count CHECK (login_count >= 0),
        version         bigint      NOT NULL,
        contact_version bigint      NOT NULL,
        created_at      timestamptz NOT NULL DEFAULT now(),
        updated_at      timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE UNIQUE INDEX uq_users_email ON users (lower(email))');
    await runner.query('CREATE UNIQUE INDEX uq_users_username ON users (lower(username))');
    await runner.query('CREATE INDEX idx_users_username ON users USING gin (username gin_trgm_ops)');
    await runner.query(`
      CREATE TABLE user_profiles (
        user_id          uuid        NOT NULL CONSTRAINT pk_user_profiles PRIMARY KEY
                         CONSTRAINT fk_user_profiles_user_id REFERENCES users ON DELETE CASCADE,
        first_name       text        CONSTRAINT ck_user_profiles_first_name CHECK (char_length(first_name) BETWEEN 1 AND 100),
        last_name        text        CONSTRAINT ck_user_profiles_last_name CHECK (char_length(last_name) BETWEEN 1 AND 100),
        display_name     text        NOT NULL
                         CONSTRAINT ck_user_profiles_display_name CHECK (char_length(display_name) BETWEEN 1 AND 100),
        bio              text        CONSTRAINT ck_user_profiles_bio CHECK (char_length(bio) BETWEEN 1 AND 1000),
        avatar_url       text        CONSTRAINT ck_user_profiles_avatar_url CHECK (char_length(avatar_url) <= 2048),
        cover_image_url  text        CONSTRAINT ck_user_profiles_cover_image_url CHECK (char_length(cover_image_url) <= 2048),
        birth_date       date,
        gender           text        CONSTRAINT ck_user_profiles_gender CHECK (char_length(gender) BETWEEN 1 AND 50),
        location         text        CONSTRAINT ck_user_profiles_location CHECK (char_length(location) BETWEEN 1 AND 200),
        website          text        CONSTRAINT ck_user_profiles_website CHECK (char_length(website) <= 2048),
        privacy_level    text        NOT NULL DEFAULT 'PUBLIC'
                         CONSTRAINT ck_user_profiles_privacy_level CHECK (privacy_level IN ('PUBLIC', 'FRIENDS', 'PRIVATE')),
        verified         boolean     NOT NULL DEFAULT false,
        privacy_settings jsonb       NOT NULL
                         CONSTRAINT ck_user_profiles_privacy_settings CHECK (jsonb_typeof(privacy_settings) = 'object'),
        created_at       timestamptz NOT NULL DEFAULT now(),
        updated_at       timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(
      'CREATE INDEX idx_user_profiles_display_name ON user_profiles USING gin (display_name gin_trgm_ops)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE user_profiles');
    await runner.query('DROP TABLE users');
    await runner.query('DROP EXTENSION IF EXISTS pg_trgm');
  }
}
