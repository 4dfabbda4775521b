import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRelay1795255260000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // cluster_id: the Kafka cluster that acknowledged what relay_acknowledged says.
    await queryRunner.query(`
      CREATE TABLE relay_lease (
        name text PRIMARY KEY,
        holder text NOT NULL,
        epoch bigint NOT NULL,
        until timestamptz NOT NULL,
        cluster_id text
      )`);
    // Free from the start: so taking it is always the same UPDATE.
    await queryRunner.query(`INSERT INTO relay_lease VALUES ('outbox', '', 0, '-infinity')`);
    // Kept apart from the outbox, whose rows are gone after a week: a topic may be quiet for longer than that.
    await queryRunner.query(`
      CREATE TABLE relay_acknowledged (
        topic text NOT NULL,
        kafka_partition integer NOT NULL,
        kafka_offset bigint NOT NULL,
        PRIMARY KEY (topic, kafka_partition)
      )`);
    await queryRunner.query(`
      CREATE TABLE relay_republish (
        topic text PRIMARY KEY,
        cursor text,
        requested_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE relay_republish`);
    await queryRunner.query(`DROP TABLE relay_acknowledged`);
    await queryRunner.query(`DROP TABLE relay_lease`);
  }
}
