import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Notifications, and what they follow from. */
export class CreateNotifications1795604400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Drawn under the recipient's lock: within one list positions rise in the order of the commits.
      CREATE SEQUENCE notification_position;

      CREATE TABLE notifications (
        id           uuid NOT NULL,
        recipient_id uuid NOT NULL,
        position     bigint NOT NULL,
        type         text NOT NULL CONSTRAINT ck_notifications_type CHECK (
                       type IN ('FOLLOW', 'FOLLOW_REQUEST', 'LIKE', 'COMMENT', 'REPLY', 'MENTION', 'SHARE')),
        sender_id    uuid NOT NULL,
        sender_count integer NOT NULL CONSTRAINT ck_notifications_sender_count CHECK (sender_count >= 1),
        reference_id uuid NOT NULL,
        post_id      uuid,
        comment_id   uuid,
        read_at      timestamptz(3),
        created_at   timestamptz(3) NOT NULL,
        updated_at   timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT pk_notifications PRIMARY KEY (id, created_at)
      ) PARTITION BY RANGE (created_at);
      COMMENT ON COLUMN notifications.created_at IS 'The time in the id, so that an id leads to its partition';
      COMMENT ON COLUMN notifications.updated_at IS 'When it got its position: when it was made, or a group last grew';
      CREATE INDEX idx_notifications_recipient_id_position ON notifications (recipient_id, position DESC);
      CREATE INDEX idx_notifications_recipient_id_position_unread ON notifications (recipient_id, position DESC)
        WHERE read_at IS NULL;
      CREATE INDEX idx_notifications_post_id_comment_id ON notifications (post_id, comment_id) WHERE read_at IS NULL;
      CREATE TABLE notifications_default PARTITION OF notifications DEFAULT;

      -- What somebody did that concerns somebody else, as the newest fact about it has it; told or not.
      CREATE TABLE causes (
        recipient_id    uuid NOT NULL,
        actor_id        uuid NOT NULL,
        type            text NOT NULL,
        reference_id    uuid NOT NULL,
        item_id         uuid NOT NULL,
        share_id        uuid,
        version         bigint NOT NULL,
        stands          boolean NOT NULL,
        notification_id uuid,
        spent           boolean NOT NULL DEFAULT false,
        created_at      timestamptz(3) NOT NULL DEFAULT now(),
        updated_at      timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT pk_causes PRIMARY KEY (recipient_id, actor_id, type, reference_id, item_id)
      );
      COMMENT ON COLUMN causes.item_id IS 'Tells apart what one actor did about one reference: a share and each quote';
      COMMENT ON COLUMN causes.share_id IS 'The post that the share is';
      COMMENT ON COLUMN causes.notification_id IS 'Where it was told. Kept when that was read, so that it is not told again';
      COMMENT ON COLUMN causes.spent IS 'It was told and read, in a notification that it no longer belongs to';
      CREATE INDEX idx_causes_notification_id_version ON causes (notification_id, version DESC) INCLUDE (actor_id)
        WHERE notification_id IS NOT NULL;
      CREATE INDEX idx_causes_share_id ON causes (share_id) WHERE share_id IS NOT NULL;
      CREATE INDEX idx_causes_updated_at ON causes (updated_at);

      CREATE TABLE latest_notifications (
        recipient_id    uuid NOT NULL,
        type            text NOT NULL,
        reference_id    uuid NOT NULL,
        notification_id uuid NOT NULL,
        updated_at      timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT pk_latest_notifications PRIMARY KEY (recipient_id, type, reference_id)
      );
      COMMENT ON TABLE latest_notifications IS 'The notification that a further cause of the kind joins, if it is unread still';
      CREATE INDEX idx_latest_notifications_updated_at ON latest_notifications (updated_at);

      CREATE TABLE deleted_subjects (
        id         uuid CONSTRAINT pk_deleted_subjects PRIMARY KEY,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      COMMENT ON TABLE deleted_subjects IS 'Posts and comments that are gone: late facts about them tell nobody';
      CREATE INDEX idx_deleted_subjects_created_at ON deleted_subjects (created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = ['deleted_subjects', 'latest_notifications', 'causes', 'notifications'];
    for (const table of tables) await runner.query(`DROP TABLE ${table}`);
    await runner.query('DROP SEQUENCE notification_position');
  }
}
