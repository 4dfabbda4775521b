import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The home feeds, written when a post is made (`timeline_entries`), and who has too many readers for that. */
export class CreateTimelines1795602000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE timeline_entries (
        user_id   uuid NOT NULL,
        position  bigint NOT NULL,
        author_id uuid NOT NULL,
        CONSTRAINT pk_timeline_entries PRIMARY KEY (user_id, position)
      );
      COMMENT ON COLUMN timeline_entries.position IS 'Of the post; what has become of it is looked up when the feed is read';

      CREATE TABLE timelines (
        user_id        uuid CONSTRAINT pk_timelines PRIMARY KEY,
        floor_position bigint NOT NULL
      );
      COMMENT ON TABLE timelines IS
        'Above its floor a timeline has every post of the reader''s authors; what is at or below it is read from the posts. No row: it has all';

      CREATE TABLE authors (
        author_id     uuid CONSTRAINT pk_authors PRIMARY KEY,
        readers_count integer NOT NULL DEFAULT 0 CONSTRAINT ck_authors_readers_count CHECK (readers_count >= 0),
        -- Posts are written to the timelines of the author's readers.
        fans_out      boolean NOT NULL DEFAULT true,
        -- Those who become readers now are merged readers.
        merges        boolean NOT NULL DEFAULT false
      ) WITH (fillfactor = 80);

      CREATE FUNCTION count_reader() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        was   integer := CASE WHEN TG_OP = 'INSERT' THEN 0 ELSE OLD.feeds::integer END;
        delta integer := NEW.feeds::integer - was;
      BEGIN
        IF delta <> 0 THEN
          INSERT INTO authors AS a (author_id, readers_count) VALUES (NEW.author_id, greatest(delta, 0))
            ON CONFLICT (author_id) DO UPDATE SET readers_count = a.readers_count + delta;
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER count_reader AFTER INSERT OR UPDATE OF follow_status, friends ON relations
        FOR EACH ROW EXECUTE FUNCTION count_reader();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER count_reader ON relations;
      DROP FUNCTION count_reader();
      DROP TABLE authors;
      DROP TABLE timelines;
      DROP TABLE timeline_entries;
    `);
  }
}
