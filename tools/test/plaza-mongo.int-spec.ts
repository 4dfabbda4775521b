import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fact, UserCreated, UserUpdated } from '@plaza/contracts';
import { messagingService } from '@plaza/messaging-service';
import { actors, createMongoDatabase, eventually, type TestMongoDatabase, userState } from '@plaza/testing';
import { ServiceUnderTest } from '@plaza/testing/service';
import { plaza } from '../src/plaza/program.js';

const { alice, bob } = actors;

async function run(command: string, databaseUrl: string): Promise<string> {
  const lines: string[] = [];
  const env = { PLAZA_DATA_DIR: '/nowhere', PLAZA_MESSAGING_SERVICE_DATABASE_URL: databaseUrl };
  const terminal = { env, print: (line: string) => lines.push(line) };
  await plaza(terminal).parseAsync(command.split(' '), { from: 'user' });
  return lines.join('\n');
}

/** What operators do to a service that runs and whose database is MongoDB. */
describe('plaza, of a service in MongoDB', () => {
  let messaging: ServiceUnderTest;

  beforeAll(async () => {
    messaging = await ServiceUnderTest.start(messagingService);
  });

  afterAll(() => messaging?.stop());

  const ask = (command: string) => run(`${command} --service messaging`, messaging.databaseUrl);
  const users = () => messaging.db.collection<{ _id: string }>('user_cache');

  it('has nothing to list where all is well', async () => {
    expect(await ask('dead-letters list')).toBe('No dead letters.');
    expect(await ask('jobs list')).toBe('No job was given up.');
  });

  it('lists, shows and replays the facts of a key that was parked', async () => {
    const [collection] = await messaging.db.listCollections({ name: 'user_cache' }, { nameOnly: false }).toArray();
    await messaging.db.command({ collMod: 'user_cache', validator: { nothing: { $exists: true } } });
    await messaging.publish(fact(UserCreated, userState(alice)), { version: 1 });
    const line = await eventually(async () => {
      const listed = (await ask('dead-letters list --consumer replica')).split('\n');
      expect(listed[1]).toContain('PARKED');
      return listed[1] ?? '';
    });
    expect(line).toContain(alice.id);
    const shown = await run(`dead-letters show ${line.split(' ')[0]}`, messaging.databaseUrl);
    expect(shown).toContain(`"displayName": "${alice.displayName}"`);
    expect(shown).toContain('reason: ');

    await expect(ask('dead-letters replay')).rejects.toThrow('failed again');
    await messaging.db.command({ collMod: 'user_cache', validator: collection?.options?.validator });
    expect(await ask('dead-letters replay')).toBe('messaging-service: 1 applied, 0 left');
    expect(await users().findOne({ _id: alice.id })).toMatchObject({ display_name: alice.displayName });
    expect(await ask('dead-letters list')).toBe('No dead letters.');
  });

  it('says that a letter does not exist', async () => {
    const missing = `dead-letters show messaging-service/${alice.id}`;
    await expect(run(missing, messaging.databaseUrl)).rejects.toThrow('There is no dead letter');
  });

  it('has a consumer read its topics again', async () => {
    await messaging.publish(fact(UserUpdated, userState(bob)), { version: 3 });
    await messaging.settle();
    await users().updateOne({ _id: bob.id }, { $set: { display_name: 'damaged', version: 0 } });
    expect(await ask('replay --consumer replica --from beginning')).toMatch(/replica: \d+ facts applied/);
    expect(await users().findOne({ _id: bob.id })).toMatchObject({ display_name: bob.displayName });
  });

  it('tells why it could not do something, and has it tried again', async () => {
    await expect(ask('republish --topic nothing')).rejects.toThrow('could not do it');
    const [, line = ''] = (await ask('jobs list')).split('\n');
    expect(line).toContain('kafka.republish');
    const id = line.split(' ')[0] ?? '';
    expect(await run(`jobs retry ${id}`, messaging.databaseUrl)).toBe(`${id} is tried again`);
  });

  describe('migrate', () => {
    let database: TestMongoDatabase;

    beforeAll(async () => {
      database = await createMongoDatabase();
    });

    afterAll(() => database.drop());

    const migrate = (options = '') => run(`migrate --service messaging${options}`, database.url);

    it('says of a database that is not there yet how to make it', async () => {
      await expect(run('jobs list --service messaging', database.url)).rejects.toThrow('migrate --service messaging');
    });

    it('brings a database up to date, takes steps back, and does them again', async () => {
      expect(await migrate()).toContain('messaging-service: ran 20261125T1000-create-outbox, ');
      expect(await migrate()).toBe('messaging-service: is up to date');
      expect(await migrate(' --down 2')).toBe('messaging-service: took 2 back');
      expect(await migrate()).toMatch(/^messaging-service: ran \S+, \S+$/);
    });
  });

  it('names the server that it can not reach, and no password', async () => {
    const away = 'mongodb://me:secret@127.0.0.1:1,127.0.0.1:2/messaging_service?replicaSet=plaza';
    const asked = run('jobs list --service messaging', away);
    await expect(asked).rejects.toThrow("(messaging_service on 127.0.0.1:1,127.0.0.1:2) can't be reached");
    await expect(asked).rejects.not.toThrow('secret');
    await expect(run('jobs list --service messaging', '')).rejects.toThrow('PLAZA_MONGODB_URL');
  });
});
