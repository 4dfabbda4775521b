import {
  declarationOf,
  type FactEnvelope,
  fact,
  factHeaders,
  UserCreated,
  UserDeleted,
  type UserState,
  UserUpdated,
} from '@plaza/contracts';
import { DeadLetters } from '@plaza/kafka';
import { defineService } from '@plaza/service-kit';
import { actors, eventually, testServers, userState } from '@plaza/testing';
import { ServiceUnderTest } from '@plaza/testing/service';
import { Kafka, logLevel } from 'kafkajs';
import {
  UserCache,
  UserCacheEntry,
  UserCacheModule,
  userCacheMigrations,
  userCacheMongoMigrations,
} from '../src/index.js';

const { alice, bob } = actors;
const deletedAt = '2026-11-22T12:00:00.000Z';

const about = { description: 'A service that does nothing but know the users', settings: {} };
const inPostgres = defineService({
  ...about,
  name: 'post-service',
  module: () => UserCacheModule.forRoot(),
  database: { entities: [UserCacheEntry], migrations: userCacheMigrations },
});
const inMongo = defineService({
  ...about,
  name: 'messaging-service',
  module: () => UserCacheModule.forRoot({ database: 'mongodb' }),
  mongo: { migrations: userCacheMongoMigrations },
});

let service: ServiceUnderTest;
let users: UserCache;

describe.each([
  ['PostgreSQL', inPostgres, countRows],
  ['MongoDB', inMongo, () => service.db.collection('user_cache').countDocuments()],
])('the replica of users in %s', (_, withReplica, known) => {
  beforeEach(async () => {
    service = await ServiceUnderTest.start(withReplica);
    users = service.running.app.get(UserCache);
  });

  afterEach(() => service.stop());

  it('follows a user from the facts of user-service', async () => {
    await service.publish(fact(UserCreated, userState(alice)), { version: 1 });
    await service.settle();
    expect(await users.find(alice.id)).toMatchObject({ displayName: 'Alice', version: 1, deleted: false });
    await service.publish(fact(UserUpdated, { ...userState(alice), displayName: 'Alicia' }), { version: 2 });
    await service.settle();
    expect(await users.find(alice.id)).toMatchObject({ displayName: 'Alicia', version: 2 });
    await service.publish(fact(UserDeleted, { id: alice.id, deletedAt }), { version: 3 });
    await service.settle();
    expect(await users.find(alice.id)).toMatchObject({ displayName: null, version: 3, deleted: true });
  });

  it('ends right although the three topics have no order among them, and facts come twice', async () => {
    const facts = [
      { fact: fact(UserDeleted, { id: alice.id, deletedAt }), version: 3 },
      { fact: fact(UserUpdated, { ...userState(alice), displayName: 'Alicia' }), version: 2 },
      { fact: fact(UserCreated, userState(alice)), version: 1 },
      { fact: fact(UserUpdated, { ...userState(bob), displayName: 'Robert' }), version: 5 },
      { fact: fact(UserCreated, userState(bob)), version: 4 },
    ];
    for (const { fact, version } of [...facts, ...facts]) await service.publish(fact, { version });
    await service.settle();
    expect(await users.find(alice.id)).toMatchObject({ deleted: true, version: 3, username: null });
    expect(await users.find(bob.id)).toMatchObject({ displayName: 'Robert', version: 5 });
  });

  it('wakes who waits for somebody who has just registered', async () => {
    const waiting = users.find(alice.id, { wait: true });
    await service.publish(fact(UserCreated, userState(alice)), { version: 1 });
    await expect(waiting).resolves.toMatchObject({ username: 'alice' });
  });

  it('is built from snapshots that are published anew', async () => {
    await service.publish(fact(UserUpdated, userState(alice)), { version: 7, snapshot: true });
    await service.settle();
    expect(await users.find(alice.id)).toMatchObject({ version: 7 });
  });

  it('parks the key of a broken fact and goes on with the others', async () => {
    await service.publish(fact(UserUpdated, { ...userState(alice), username: 'Not A Name' }), { version: 1 });
    await service.publish(fact(UserUpdated, userState(bob)), { version: 2 });
    await eventually(async () => expect(await users.find(bob.id)).toBeDefined());
    const letters = await service.running.app.get(DeadLetters).list();
    expect(letters).toMatchObject([{ consumer: 'replica', topic: 'user.updated', key: alice.id }]);
  });

  it('forgets what was parked about a user who is erased', async () => {
    await service.publish(fact(UserUpdated, { ...userState(alice), username: 'Not A Name' }), { version: 1 });
    await service.publish(fact(UserUpdated, { ...userState(bob), username: 'Not A Name' }), { version: 2 });
    const parked = async () => (await service.running.app.get(DeadLetters).list()).map(({ key }) => key);
    await eventually(async () => expect(await parked()).toHaveLength(2));
    await service.publish(fact(UserDeleted, { id: alice.id, deletedAt }), { version: 3 });
    await eventually(async () => expect(await parked()).toEqual([bob.id]));
    expect(await users.find(alice.id)).toMatchObject({ deleted: true, version: 3 });
  });

  it('applies 20,000 facts within its time', async () => {
    const count = 20_000;
    await service.publish(fact(UserCreated, userState(alice)), { version: 1 });
    await service.settle();
    await publishUpdates(count);
    // The promise is 5 s, and the bench prints the figure; a test holds a deadline at five times as much.
    await eventually(async () => expect(await known()).toBe(count + 1), { withinMs: 25_000 });
  });
});

async function countRows(): Promise<number> {
  const [row] = await service.query<{ count: string }>('SELECT count(*) FROM user_cache');
  return Number(row?.count);
}

async function publishUpdates(count: number): Promise<void> {
  const kafka = new Kafka({ brokers: testServers().kafkaBrokers.split(','), logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  try {
    const messages = Array.from({ length: count }, (_, index) => messageOf(personNumber(index)));
    const topic = `${service.prefix}user.updated`;
    while (messages.length > 0) await producer.send({ topic, acks: -1, messages: messages.splice(0, 1_000) });
  } finally {
    await producer.disconnect();
  }
}

function messageOf(person: UserState) {
  const updated = fact(UserUpdated, person);
  const { type, producers } = declarationOf(updated);
  const envelope: FactEnvelope = { id: person.id, type, key: person.id, time: new Date(), version: 2, snapshot: false };
  return { key: person.id, value: JSON.stringify(updated), headers: factHeaders(envelope, String(producers[0])) };
}

function personNumber(index: number): UserState {
  const id = `01930000-0000-7000-9000-${index.toString(16).padStart(12, '0')}`;
  return userState({ id, username: `user${index}`, displayName: `User ${index}` });
}
