import type { DataSource, EntitySubscriberInterface, QueryRunner } from 'typeorm';

/** Tells when a transaction that added a fact has committed. Others cost nothing. */
export class CommitWatch implements EntitySubscriberInterface {
  private readonly expected = new WeakSet<QueryRunner>();

  constructor(private readonly onCommit: () => void) {}

  /** Notes that the transaction open on `queryRunner` has added a fact. */
  expect(dataSource: DataSource, queryRunner: QueryRunner): void {
    if (!dataSource.subscribers.includes(this)) dataSource.subscribers.push(this);
    this.expected.add(queryRunner);
  }

  afterTransactionCommit({ queryRunner }: { queryRunner: QueryRunner }): void {
    // Also called for a savepoint; then the transaction is still open.
    if (!queryRunner.isTransactionActive && this.expected.delete(queryRunner)) this.onCommit();
  }

  afterTransactionRollback({ queryRunner }: { queryRunner: QueryRunner }): void {
    if (!queryRunner.isTransactionActive) this.expected.delete(queryRunner);
  }
}
