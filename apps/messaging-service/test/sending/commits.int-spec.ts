import type { TestMongoDatabase } from '@plaza/testing';
import { begun, ids, messagesIn, messagingDatabase, type Process, processOn, publishedIn, text } from './bed.js';
import { type Cut, CuttingProxy } from './cutting-proxy.js';

const [alice = '', bob = ''] = ids(2);

let database: TestMongoDatabase;
let proxy: CuttingProxy | undefined;
let behind: Process | undefined;

beforeAll(async () => {
  database = await messagingDatabase();
});

afterEach(async () => {
  await behind?.end();
  await proxy?.end();
});

afterAll(() => database?.drop());

it.each<[string, (begunSoFar: number, commits: number) => Cut]>([
  ['before the server has read it', (_, commits) => (commits === 1 ? 'before' : undefined)],
  ['before its answer has come', (_, commits) => (commits === 1 ? 'after' : undefined)],
  ['and so is every question whether it was done', (transactions) => (transactions === 1 ? 'after' : undefined)],
])('answers all of a batch whose commit is cut off %s, and each message is there once', async (_, cut) => {
  const conversations = [await begun(database.db, [alice, bob]), await begun(database.db, [alice, bob])];
  proxy = await CuttingProxy.listen(database.url, cut);
  behind = processOn(proxy.url);
  const { sender } = behind;
  const sends = conversations.flatMap((id) => [text(id, alice), text(id, bob), text(id, alice)]);
  const sent = await Promise.all(sends.map((send) => sender.send(send)));
  expect(sent.map(({ message }) => message._id)).toEqual(sends.map(({ id }) => id));
  expect(sent.map(({ message }) => message.seq)).toEqual([1, 2, 3, 1, 2, 3]);
  expect(sent.map(({ repeated }) => repeated)).toEqual(sends.map(() => false));
  for (const id of conversations) {
    expect((await messagesIn(database.db, id)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(await publishedIn(database.db, id)).toHaveLength(6);
  }
});
