import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Server, type Stack, startStack } from '@plaza/embedded';
import { eventually } from '@plaza/testing';
import { disorder } from './order.js';
import { databases, type Instance, OutboxBed } from './outbox-bed.js';

describe.each(databases)('relay', (on) => {
  let stack: Stack;
  let server: Server;
  let bed: OutboxBed;

  beforeAll(async () => {
    const part = on === 'MongoDB' ? 'mongodb' : 'postgres';
    stack = await startStack({ parts: [part] });
    const started = stack.servers[part];
    if (!started) throw new Error(`there is no ${on}`);
    server = started;
    bed = await OutboxBed.start({ on, databaseUrl: on === 'MongoDB' ? stack.urls.mongodbUrl : stack.urls.postgresUrl });
  });
  afterAll(async () => {
    await bed.stop();
    await stack.stop();
  });

  it(`goes on when ${on} was killed under load, and publishes each fact once and in order`, async () => {
    const instance = await bed.running();
    let committed = 0;
    for (let restarts = 0; restarts < 2; restarts += 1) {
      const writing = writeUntilItFails(bed, instance);
      await eventually(async () => expect((await bed.records('note')).length).toBeGreaterThan(committed + 100));
      await server.kill();
      committed += await writing;
      await server.start();
    }
    await bed.written(instance, 'last', 1);
    await bed.published();
    const count = await bed.notes.facts();
    expect(count).toBeGreaterThanOrEqual(committed + 1);
    expect(disorder(await bed.records('note'))).toEqual({ facts: count, twice: 0, outOfOrder: 0 });
  });
});

async function writeUntilItFails(bed: OutboxBed, instance: Instance): Promise<number> {
  for (let number = 0; ; number += 1) {
    try {
      await bed.written(instance, `note-${number % 7}`, number);
    } catch {
      return number;
    }
  }
}
