import { setTimeout as pause } from 'node:timers/promises';
import { type Stack, startStack } from '@plaza/embedded';
import { MongoClient } from 'mongodb';
import type { FactContext } from '../src/consumer/context.js';
import { apply, ConsumerBed, type Handler, steps, upTo } from './consumer-bed.js';
import type { ParcelMoved } from './parcel.facts.js';

describe('consumers on MongoDB', () => {
  let stack: Stack;
  let bed: ConsumerBed;

  beforeAll(async () => {
    stack = await startStack({ parts: ['mongodb'] });
    const client = await new MongoClient(stack.urls.mongodbUrl).connect();
    await client.db('admin').command({ setParameter: 1, transactionLifetimeLimitSeconds: 2 });
    await client.close();
    bed = await ConsumerBed.start({ on: 'MongoDB', databaseUrl: stack.urls.mongodbUrl });
  });
  afterAll(async () => {
    await bed.stop();
    await stack.stop();
  });

  test('facts that together take longer than the server gives a transaction are applied one by one', async () => {
    const slowly: Handler = async (fact: ParcelMoved, context: FactContext) => {
      await pause(1_000);
      await apply('ledger', fact, context);
    };
    await bed.publish(...steps('a', 6));
    await bed.instance([{ consumer: 'ledger' }, 'parcel.moved', slowly]);
    await bed.expectApplied('ledger', 'a', upTo(6), 90_000);
    expect(await bed.ledger.parkedKeys()).toEqual([]);
  }, 120_000);
});
