import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Server, type Stack, startStack } from '@plaza/embedded';
import { eventually } from '@plaza/testing';
import { disorder } from './order.js';
import { type Instance, OutboxBed } from './outbox-bed.js';

let stack: Stack;
let postgres: Server;
let bed: OutboxBed;

beforeAll(async () => {
  stack = await startStack({ parts: ['postgres'] });
  if (!stack.servers.postgres) throw new Error('there is no PostgreSQL');
  postgres = stack.servers.postgres;
  bed = await OutboxBed.start({ postgresUrl: stack.urls.postgresUrl });
});
afterAll(async () => {
  await bed.stop();
  await stack.stop();
});

it('goes on when PostgreSQL was killed under load, and publishes each fact once and in order', async () => {
  const instance = await bed.running();
  let committed = 0;
  for (let restarts = 0; restarts < 2; restarts += 1) {
    const writing = writeUntilItFails(instance);
    await eventually(async () => expect((await bed.records('note')).length).toBeGreaterThan(committed + 100));
    await postgres.kill();
    committed += await writing;
    await postgres.start();
  }
  await bed.written(instance, 'last', 1);
  await bed.published();
  const [{ count }] = await bed.dataSource.query('SELECT count(*)::int AS count FROM outbox');
  expect(count).toBeGreaterThanOrEqual(committed + 1);
  expect(disorder(await bed.records('note'))).toEqual({ facts: count, twice: 0, outOfOrder: 0 });
});

async function writeUntilItFails(instance: Instance): Promise<number> {
  for (let number = 0; ; number += 1) {
    try {
      await bed.written(instance, `note-${number % 7}`, number);
    } catch {
      return number;
    }
  }
}
