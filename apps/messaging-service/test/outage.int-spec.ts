import { randomUUID } from 'node:crypto';
import { eventually, type TestMongoDatabase } from '@plaza/testing';
import { ServiceUnderTest } from '@plaza/testing/service';
import { messagingService } from '../src/index.js';
import { begun, ids, messagesIn, messagingDatabase, processOn, text } from './sending/bed.js';
import { CuttingProxy } from './sending/cutting-proxy.js';

const [alice = '', bob = ''] = ids(2);

let database: TestMongoDatabase;
let proxy: CuttingProxy;
let chat: ServiceUnderTest;

beforeAll(async () => {
  database = await messagingDatabase();
  proxy = await CuttingProxy.listen(database.url, () => undefined);
  const env = { PLAZA_MESSAGING_SERVICE_DATABASE_URL: proxy.url, PLAZA_LOG_LEVEL: 'silent' };
  chat = await ServiceUnderTest.start(messagingService, env);
});
afterAll(async () => {
  await chat?.stop();
  await proxy?.end();
  await database?.drop();
});

it('answers 503 while its database is away, whatever is asked, and what is sent again is there once', async () => {
  const id = await begun(database.db, [alice, bob]);
  const { sender, end } = processOn(database.url);
  const { message } = await sender.send(text(id, bob));
  await end();
  const ask = (method: string, path: string, body?: object) => chat.request(method, `/v1/${path}`, { as: alice, body });
  const clientId = randomUUID();
  const send = () => ask('POST', `conversations/${id}/messages`, { clientId, content: 'Hello' });
  expect((await ask('GET', `messages/${message._id}`)).status).toBe(200);
  proxy.goAway();
  const answers = await Promise.all([
    send(),
    ask('GET', 'conversations'),
    ask('POST', 'conversations', { type: 'CHANNEL', name: 'News', participantIds: [] }),
    ask('PATCH', `conversations/${id}`, { name: 'Old friends' }),
    ask('GET', `conversations/${id}/messages`),
    ask('PUT', `conversations/${id}/read`, { seq: 1 }),
    ask('PUT', `messages/${message._id}/reactions/LIKE`),
    ask('GET', 'messages/search?q=hello'),
    ask('GET', `presence?userIds=${bob}`),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
  expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual(answers.map(() => expect.any(String)));
  proxy.comeBack();
  await eventually(async () => expect((await send()).status).toBeLessThan(300), { withinMs: 15_000 });
  expect((await messagesIn(database.db, id)).map(({ sender_id }) => sender_id)).toEqual([bob, alice]);
});
