import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource, EntityManager } from 'typeorm';
import { transaction } from '../src/idempotency/transaction.js';
import { type KitDatabase, kitDatabase } from './kit-database.js';

describe('transaction', () => {
  let database: KitDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await kitDatabase();
    dataSource = database.dataSource;
    await dataSource.query('CREATE TABLE accounts (id integer PRIMARY KEY, amount integer NOT NULL)');
    await dataSource.query('INSERT INTO accounts VALUES (1, 0), (2, 0)');
  });

  afterAll(() => database.drop());

  function fail(manager: EntityManager, code: string): Promise<unknown> {
    return manager.query(`DO $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = '${code}'; END $$`);
  }

  it('does the whole work again after a serialisation failure', async () => {
    let tries = 0;
    const result = await transaction(dataSource, async (manager) => {
      tries += 1;
      await manager.query('UPDATE accounts SET amount = amount + 1 WHERE id = 1');
      if (tries < 3) await fail(manager, '40001');
      return 'done';
    });
    expect([result, tries]).toEqual(['done', 3]);
    expect(await dataSource.query('SELECT amount FROM accounts WHERE id = 1')).toEqual([{ amount: 1 }]);
  });

  it('gives up after three tries', async () => {
    let tries = 0;
    const work = transaction(dataSource, async (manager) => {
      tries += 1;
      await fail(manager, '40P01');
    });
    await expect(work).rejects.toMatchObject({ driverError: { code: '40P01' } });
    expect(tries).toBe(3);
  });

  it('does not repeat what failed for another reason', async () => {
    let tries = 0;
    const work = transaction(dataSource, async (manager) => {
      tries += 1;
      await fail(manager, '23505');
    });
    await expect(work).rejects.toMatchObject({ driverError: { code: '23505' } });
    expect(tries).toBe(1);
  });

  it('survives a real deadlock', async () => {
    const bothHaveOne = barrier(2);
    const move = (first: number, second: number) => {
      let tries = 0;
      return transaction(dataSource, async (manager) => {
        tries += 1;
        await manager.query('UPDATE accounts SET amount = amount + 1 WHERE id = $1', [first]);
        if (tries === 1) await bothHaveOne();
        await manager.query('UPDATE accounts SET amount = amount + 1 WHERE id = $1', [second]);
      });
    };
    await dataSource.query('UPDATE accounts SET amount = 0');
    await Promise.all([move(1, 2), move(2, 1)]);
    expect(await dataSource.query('SELECT amount FROM accounts')).toEqual([{ amount: 2 }, { amount: 2 }]);
  });
});

/** Lets nobody on until `expected` have come. */
function barrier(expected: number): () => Promise<void> {
  let come = 0;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    come += 1;
    if (come === expected) open();
    return opened;
  };
}
