import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Follows and the counts that follow from them. The counts are kept by a trigger in the transaction of the change:
 * both rows in one statement, in the order of their ids, so that two people who follow each other at once cannot deadlock.
 */
export class CreateFollows1795262400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE follows (
        follower_id  uuid NOT NULL,
        following_id uuid NOT NULL,
        status       text NOT NULL CONSTRAINT ck_follows_status CHECK (status IN ('ACTIVE', 'PENDING')),
        version      bigint NOT NULL,
        created_at   timestamptz(3) NOT NULL DEFAULT now(),
        updated_at   timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT pk_follows PRIMARY KEY (follower_id, following_id),
        CONSTRAINT ck_follows_not_oneself CHECK (follower_id <> following_id)
      );
      -- Lists are in the order of versions: drawn from one sequence of this database, so no service's clock matters.
      CREATE UNIQUE INDEX uq_follows_following_id_status_version ON follows (following_id, status, version DESC);
      CREATE UNIQUE INDEX uq_follows_follower_id_status_version ON follows (follower_id, status, version DESC);

      CREATE TABLE user_social_stats (
        user_id         uuid CONSTRAINT pk_user_social_stats PRIMARY KEY,
        followers_count integer NOT NULL DEFAULT 0 CONSTRAINT ck_user_social_stats_followers CHECK (followers_count >= 0),
        following_count integer NOT NULL DEFAULT 0 CONSTRAINT ck_user_social_stats_following CHECK (following_count >= 0),
        friends_count   integer NOT NULL DEFAULT 0 CONSTRAINT ck_user_social_stats_friends CHECK (friends_count >= 0),
        posts_count     integer NOT NULL DEFAULT 0 CONSTRAINT ck_user_social_stats_posts CHECK (posts_count >= 0),
        created_at      timestamptz(3) NOT NULL DEFAULT now(),
        updated_at      timestamptz(3) NOT NULL DEFAULT now()
      ) WITH (fillfactor = 80);

      CREATE FUNCTION count_follow() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        was   integer := CASE WHEN TG_OP <> 'INSERT' AND OLD.status = 'ACTIVE' THEN 1 ELSE 0 END;
        now_  integer := CASE WHEN TG_OP <> 'DELETE' AND NEW.status = 'ACTIVE' THEN 1 ELSE 0 END;
        pair  follows := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        delta integer := now_ - was;
      BEGIN
        IF delta = 0 THEN
          RETURN NULL;
        END IF;
        -- Counted down only where a row exists already; the row proposed for insertion must pass the checks all the same.
        INSERT INTO user_social_stats AS s (user_id, following_count, followers_count)
          SELECT u, CASE WHEN u = pair.follower_id THEN greatest(delta, 0) ELSE 0 END,
                    CASE WHEN u = pair.following_id THEN greatest(delta, 0) ELSE 0 END
          FROM unnest(ARRAY[pair.follower_id, pair.following_id]) AS u ORDER BY u
          ON CONFLICT (user_id) DO UPDATE SET
            following_count = s.following_count + CASE WHEN s.user_id = pair.follower_id THEN delta ELSE 0 END,
            followers_count = s.followers_count + CASE WHEN s.user_id = pair.following_id THEN delta ELSE 0 END,
            updated_at = now();
        RETURN NULL;
      END $$;
      CREATE TRIGGER count_follow AFTER INSERT OR DELETE OR UPDATE OF status ON follows
        FOR EACH ROW EXECUTE FUNCTION count_follow();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE follows;
      DROP FUNCTION count_follow();
      DROP TABLE user_social_stats;
    `);
  }
}
