import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Posts, their comments, likes and bookmarks. `position` is the version of the fact that told of a row's creation, drawn from
 * one sequence of this database: lists are in its order, which no service's clock can disturb.
 */
export class CreatePosts1795601400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE posts (
        id                 uuid CONSTRAINT pk_posts PRIMARY KEY,
        position           bigint NOT NULL CONSTRAINT uq_posts_position UNIQUE,
        author_id          uuid NOT NULL,
        type               text NOT NULL CONSTRAINT ck_posts_type CHECK (type IN ('TEXT', 'LINK', 'IMAGE', 'VIDEO')),
        content            text,
        privacy            text NOT NULL CONSTRAINT ck_posts_privacy CHECK (privacy IN ('PUBLIC', 'FRIENDS', 'PRIVATE')),
        link_url           text CONSTRAINT ck_posts_link_url CHECK (char_length(link_url) <= 2048),
        shared_post_id     uuid CONSTRAINT fk_posts_shared_post_id REFERENCES posts (id),
        hashtags           text[] NOT NULL DEFAULT '{}',
        mentioned_user_ids uuid[] NOT NULL DEFAULT '{}',
        like_count         integer NOT NULL DEFAULT 0 CONSTRAINT ck_posts_like_count CHECK (like_count >= 0),
        comment_count      integer NOT NULL DEFAULT 0 CONSTRAINT ck_posts_comment_count CHECK (comment_count >= 0),
        share_count        integer NOT NULL DEFAULT 0 CONSTRAINT ck_posts_share_count CHECK (share_count >= 0),
        edited_at          timestamptz(3),
        deleted_at         timestamptz(3),
        created_at         timestamptz(3) NOT NULL DEFAULT now(),
        updated_at         timestamptz(3) NOT NULL DEFAULT now(),
        -- char_length counts code points. Only a share may do without words.
        CONSTRAINT ck_posts_content CHECK (
          CASE WHEN content IS NULL THEN shared_post_id IS NOT NULL ELSE char_length(content) BETWEEN 1 AND 280 END),
        CONSTRAINT ck_posts_link CHECK (type <> 'LINK' OR link_url IS NOT NULL)
      ) WITH (fillfactor = 90);
      CREATE UNIQUE INDEX uq_posts_author_id_position ON posts (author_id, position DESC) WHERE deleted_at IS NULL;
      CREATE INDEX idx_posts_shared_post_id ON posts (shared_post_id) WHERE shared_post_id IS NOT NULL;
      CREATE UNIQUE INDEX uq_posts_author_id_shared_post_id ON posts (author_id, shared_post_id)
        WHERE content IS NULL AND deleted_at IS NULL;
      -- Of all rows: how frequent a word is, by which a search is planned, the planner does not take from a partial index.
      CREATE INDEX idx_posts_content ON posts USING gin (to_tsvector('simple', content));

      CREATE TABLE post_edits (
        post_id   uuid NOT NULL CONSTRAINT fk_post_edits_post_id REFERENCES posts (id),
        edited_at timestamptz(3) NOT NULL,
        content   text NOT NULL,
        CONSTRAINT pk_post_edits PRIMARY KEY (post_id, edited_at)
      );
      COMMENT ON TABLE post_edits IS 'What a post said before it was edited at that time';

      CREATE TABLE post_hashtags (
        tag      text NOT NULL,
        position bigint NOT NULL CONSTRAINT fk_post_hashtags_position REFERENCES posts (position),
        CONSTRAINT pk_post_hashtags PRIMARY KEY (tag, position)
      );
      CREATE INDEX idx_post_hashtags_position ON post_hashtags (position);

      CREATE TABLE post_likes (
        post_id    uuid NOT NULL CONSTRAINT fk_post_likes_post_id REFERENCES posts (id),
        user_id    uuid NOT NULL,
        position   bigint NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT pk_post_likes PRIMARY KEY (post_id, user_id)
      );
      CREATE UNIQUE INDEX uq_post_likes_post_id_position ON post_likes (post_id, position DESC);

      CREATE TABLE comments (
        id                 uuid CONSTRAINT pk_comments PRIMARY KEY,
        position           bigint NOT NULL CONSTRAINT uq_comments_position UNIQUE,
        post_id            uuid NOT NULL CONSTRAINT fk_comments_post_id REFERENCES posts (id),
        parent_comment_id  uuid CONSTRAINT fk_comments_parent_comment_id REFERENCES comments (id),
        author_id          uuid NOT NULL,
        content            text NOT NULL CONSTRAINT ck_comments_content CHECK (char_length(content) BETWEEN 1 AND 280),
        mentioned_user_ids uuid[] NOT NULL DEFAULT '{}',
        like_count         integer NOT NULL DEFAULT 0 CONSTRAINT ck_comments_like_count CHECK (like_count >= 0),
        reply_count        integer NOT NULL DEFAULT 0 CONSTRAINT ck_comments_reply_count CHECK (reply_count >= 0),
        edited_at          timestamptz(3),
        deleted_at         timestamptz(3),
        created_at         timestamptz(3) NOT NULL DEFAULT now(),
        updated_at         timestamptz(3) NOT NULL DEFAULT now()
      ) WITH (fillfactor = 90);
      CREATE INDEX idx_comments_post_id_parent_comment_id_position ON comments (post_id, parent_comment_id, position DESC);
      CREATE INDEX idx_comments_parent_comment_id ON comments (parent_comment_id) WHERE parent_comment_id IS NOT NULL;

      CREATE TABLE comment_likes (
        comment_id uuid NOT NULL CONSTRAINT fk_comment_likes_comment_id REFERENCES comments (id),
        user_id    uuid NOT NULL,
        position   bigint NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT pk_comment_likes PRIMARY KEY (comment_id, user_id)
      );
      CREATE UNIQUE INDEX uq_comment_likes_comment_id_position ON comment_likes (comment_id, position DESC);

      CREATE TABLE bookmarks (
        user_id    uuid NOT NULL,
        post_id    uuid NOT NULL CONSTRAINT fk_bookmarks_post_id REFERENCES posts (id),
        position   bigint GENERATED ALWAYS AS IDENTITY,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT pk_bookmarks PRIMARY KEY (user_id, post_id)
      );
      CREATE UNIQUE INDEX uq_bookmarks_user_id_position ON bookmarks (user_id, position DESC);
      CREATE INDEX idx_bookmarks_post_id ON bookmarks (post_id);

      CREATE FUNCTION count_post_like() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'INSERT' THEN
          UPDATE posts SET like_count = like_count + 1 WHERE id = NEW.post_id;
        ELSE
          UPDATE posts SET like_count = like_count - 1 WHERE id = OLD.post_id;
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER count_post_like AFTER INSERT OR DELETE ON post_likes
        FOR EACH ROW EXECUTE FUNCTION count_post_like();

      CREATE FUNCTION count_comment_like() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'INSERT' THEN
          UPDATE comments SET like_count = like_count + 1 WHERE id = NEW.comment_id;
        ELSE
          UPDATE comments SET like_count = like_count - 1 WHERE id = OLD.comment_id;
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER count_comment_like AFTER INSERT OR DELETE ON comment_likes
        FOR EACH ROW EXECUTE FUNCTION count_comment_like();

      -- Comments and shares are counted while they are not deleted; they are deleted once, and for good.
      CREATE FUNCTION count_comment() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        delta integer := CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE -1 END;
      BEGIN
        UPDATE posts SET comment_count = comment_count + delta WHERE id = NEW.post_id;
        IF NEW.parent_comment_id IS NOT NULL THEN
          UPDATE comments SET reply_count = reply_count + delta WHERE id = NEW.parent_comment_id;
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER count_comment AFTER INSERT ON comments FOR EACH ROW EXECUTE FUNCTION count_comment();
      CREATE TRIGGER discount_comment AFTER UPDATE OF deleted_at ON comments FOR EACH ROW
        WHEN (OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION count_comment();

      CREATE FUNCTION count_share() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE posts SET share_count = share_count + CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE -1 END
         WHERE id = NEW.shared_post_id;
        RETURN NULL;
      END $$;
      CREATE TRIGGER count_share AFTER INSERT ON posts FOR EACH ROW
        WHEN (NEW.shared_post_id IS NOT NULL) EXECUTE FUNCTION count_share();
      CREATE TRIGGER discount_share AFTER UPDATE OF deleted_at ON posts FOR EACH ROW
        WHEN (NEW.shared_post_id IS NOT NULL AND OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL)
        EXECUTE FUNCTION count_share();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = ['bookmarks', 'comment_likes', 'comments', 'post_likes', 'post_hashtags', 'post_edits', 'posts'];
    for (const table of tables) await runner.query(`DROP TABLE ${table}`);
    for (const name of ['count_post_like', 'count_comment_like', 'count_comment', 'count_share']) {
      await runner.query(`DROP FUNCTION ${name}()`);
    }
  }
}
