import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What must not be denied later. The database itself gives each row its number, its time and the hash that binds it to
 * the row before, one writer at a time, and refuses every change: an application that is taken over can only append.
 */
export class CreateAuditLogs1795264800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_logs (
        id            bigint      NOT NULL CONSTRAINT pk_audit_logs PRIMARY KEY,
        actor_id      uuid,
        action        text        NOT NULL CONSTRAINT ck_audit_logs_action CHECK (action ~ '^[A-Z_]{3,60}$'),
        resource_type text        NOT NULL,
        resource_id   text        NOT NULL,
        details       jsonb       NOT NULL DEFAULT '{}',
        ip            text,
        created_at    timestamptz NOT NULL,
        previous_hash bytea       NOT NULL,
        hash          bytea       NOT NULL
      )`);
    await runner.query('CREATE INDEX idx_audit_logs_actor_id ON audit_logs (actor_id)');
    await runner.query('CREATE INDEX idx_audit_logs_resource_id ON audit_logs (resource_id)');
    await runner.query(`
      CREATE FUNCTION audit_logs_hash(entry audit_logs) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
        SELECT sha256(entry.previous_hash || convert_to(jsonb_build_array(
          entry.id, entry.actor_id, entry.action, entry.resource_type, entry.resource_id, entry.details, entry.ip,
          (extract(epoch FROM entry.created_at) * 1000000)::bigint
        )::text, 'UTF8'))
      $$`);
    await runner.query(`
      CREATE FUNCTION audit_logs_chain() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE last audit_logs;
      BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended('audit_logs', 0));
        SELECT * INTO last FROM audit_logs ORDER BY id DESC LIMIT 1;
        NEW.id := coalesce(last.id, 0) + 1;
        NEW.created_at := clock_timestamp();
        NEW.previous_hash := coalesce(last.hash, sha256(''));
        NEW.hash := audit_logs_hash(NEW);
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE FUNCTION audit_logs_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'audit_logs is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
      END $$`);
    await runner.query(`
      CREATE TRIGGER audit_logs_chain BEFORE INSERT ON audit_logs
      FOR EACH ROW EXECUTE FUNCTION audit_logs_chain()`);
    await runner.query(`
      CREATE TRIGGER audit_logs_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_logs
      FOR EACH STATEMENT EXECUTE FUNCTION audit_logs_refuse()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_logs CASCADE');
    await runner.query('DROP FUNCTION audit_logs_refuse()');
    await runner.query('DROP FUNCTION audit_logs_chain()');
  }
}
