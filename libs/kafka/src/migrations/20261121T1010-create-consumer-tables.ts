import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateConsumerTables1795255800000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // Updated with every chunk: room on the page keeps these updates out of the index.
    await queryRunner.query(`
      CREATE TABLE consumer_positions (
        consumer text NOT NULL,
        topic text NOT NULL,
        kafka_partition integer NOT NULL,
        next_offset bigint NOT NULL,
        cluster_id text NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, topic, kafka_partition)
      ) WITH (fillfactor = 50)`);
    await queryRunner.query(`
      CREATE TABLE inbox (
        consumer text NOT NULL,
        fact_id uuid NOT NULL,
        topic text NOT NULL,
        kafka_partition integer NOT NULL,
        kafka_offset bigint NOT NULL,
        cluster_id text NOT NULL,
        marked_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, fact_id)
      )`);
    await queryRunner.query(`
      CREATE TABLE parked_keys (
        consumer text NOT NULL,
        topic text NOT NULL,
        key text NOT NULL,
        state text NOT NULL CHECK (state IN ('RETRYING', 'PARKED')),
        attempts integer NOT NULL,
        next_try_at timestamptz NOT NULL,
        reason text NOT NULL,
        parked_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer, topic, key)
      )`);
    await queryRunner.query(`CREATE INDEX parked_keys_due ON parked_keys (next_try_at) WHERE state = 'RETRYING'`);
    // A key's letters are written while its row in parked_keys is locked, so their ids are in the order of the facts.
    await queryRunner.query(`
      CREATE TABLE dead_letters (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        consumer text NOT NULL,
        topic text NOT NULL,
        key text NOT NULL,
        kafka_partition integer NOT NULL,
        kafka_offset bigint NOT NULL,
        cluster_id text NOT NULL,
        type text NOT NULL,
        headers jsonb NOT NULL,
        payload bytea NOT NULL,
        reason text NOT NULL,
        parked_at timestamptz NOT NULL DEFAULT now()
      )`);
    await queryRunner.query(`CREATE INDEX dead_letters_of_key ON dead_letters (consumer, topic, key, id)`);
    await queryRunner.query(`CREATE INDEX dead_letters_by_age ON dead_letters (parked_at)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['dead_letters', 'parked_keys', 'inbox', 'consumer_positions']) {
      await queryRunner.query(`DROP TABLE ${table}`);
    }
  }
}
