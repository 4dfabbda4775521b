import { eventually } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { alice, bob, messagingUnderTest } from '../messaging-under-test.js';
import { conversationOf, sayOne } from './bed.js';

/** For a search that looks whether a message is hidden, all of these are looked through, slowly: for 8 s and more. */
const ROWS = 4_000;
const MS_PER_ROW = 2;

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await messagingUnderTest();
  await service.db.setProfilingLevel('all');
  await service.db.dropCollection('hidden_messages');
  await service.db.collection('slow').insertMany(Array.from({ length: ROWS }, () => ({})));
  const sleep = { $function: { body: `function() { sleep(${MS_PER_ROW}); }`, args: [], lang: 'js' } };
  await service.db.createCollection('hidden_messages', { viewOn: 'slow', pipeline: [{ $set: { _id: sleep } }] });
});
afterAll(() => service?.stop());

it('a search that takes too long is given up: by who answers 503 in time, and by the database', async () => {
  const id = await conversationOf(service, [alice.id, bob.id]);
  await sayOne(service, id, bob.id);
  const answer = await service.request('GET', '/v1/messages/search?q=hello', { as: alice.id });
  expect(answer).toMatchObject({ status: 503, body: { code: 'DEPENDENCY_UNAVAILABLE' } });
  expect(answer.headers.get('retry-after')).toBe('1');
  await eventually(async () => {
    const unfinished = { 'command.aggregate': 'messages', errName: { $exists: true } };
    const ended = await service.db.collection('system.profile').findOne(unfinished);
    // Less than any other operation may take, so that there is time for the rest of the answer.
    expect(ended?.command.maxTimeMS).toBeLessThanOrEqual(1_500);
  });
});
