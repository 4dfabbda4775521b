import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { services } from '@plaza/all-in-one';
import { fact, UserCreated, UserUpdated } from '@plaza/contracts';
import { socialService } from '@plaza/social-service';
import { actors, createTestDatabase, eventually, type TestDatabase, testServers, userState } from '@plaza/testing';
import { ServiceUnderTest } from '@plaza/testing/service';
import { plaza } from '../src/plaza/program.js';

const { alice, bob, carol } = actors;

/** What operators do to a social-service that runs, while the other services have no database yet. */
describe('plaza', () => {
  let social: ServiceUnderTest;

  beforeAll(async () => {
    social = await ServiceUnderTest.start(socialService);
  });

  afterAll(() => social.stop());

  async function run(command: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const lines: string[] = [];
    const missing = Object.assign(new URL(social.databaseUrl), { pathname: '/no_such_database' }).href;
    const missingMongo = `${testServers().mongodbUrl.replace(/\/(\?|$).*/, '')}/no_such_database`;
    const others = services.map(({ name, mongo }) => [
      `PLAZA_${name.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`,
      mongo ? missingMongo : missing,
    ]);
    const terminal = {
      env: { ...Object.fromEntries(others), PLAZA_SOCIAL_SERVICE_DATABASE_URL: social.databaseUrl, ...env },
      print: (line: string) => lines.push(line),
    };
    await plaza(terminal).parseAsync(command.split(' '), { from: 'user' });
    return lines.join('\n');
  }

  function user(person: typeof alice, displayName: string = person.displayName): UserUpdated {
    return fact(UserUpdated, { ...userState(person), displayName });
  }

  async function displayNames(): Promise<string[]> {
    const rows = await social.query<{ display_name: string }>('SELECT display_name FROM user_cache ORDER BY id');
    return rows.map((row) => row.display_name);
  }

  it('has nothing to list where all is well', async () => {
    expect(await run('dead-letters list')).toBe('No dead letters.');
    expect(await run('dead-letters replay')).toBe('No dead letters.');
    expect(await run('jobs list')).toBe('No job was given up.');
  });

  it('lists, shows and replays the facts of a key that was parked, in their order', async () => {
    await social.query('ALTER TABLE user_cache RENAME TO user_cache_away');
    await social.publish(fact(UserCreated, userState(alice)), { version: 1 });
    await eventually(async () => expect(await run('dead-letters list')).toContain('PARKED'));
    await social.publish(user(bob), { version: 2 });
    const line = await eventually(async () => {
      const listed = (await run('dead-letters list --service social --consumer replica --topic user.updated')).split(
        '\n',
      );
      expect(listed[1]).toContain('PARKED');
      return listed[1] ?? '';
    });
    expect(line).toContain(bob.id);
    expect(line).not.toContain(alice.id);
    const shown = await run(`dead-letters show ${line.split(' ')[0]}`);
    expect(shown).toContain('reason: ');
    expect(shown).toContain(`"displayName": "${bob.displayName}"`);
    expect(shown).toContain('"ce_version": "2"');

    await expect(run('dead-letters replay')).rejects.toThrow('failed again');
    await social.query('ALTER TABLE user_cache_away RENAME TO user_cache');
    expect(await run(`dead-letters replay --key ${bob.id}`)).toBe('social-service: 1 applied, 0 left');
    expect(await run('dead-letters replay')).toBe('social-service: 1 applied, 0 left');
    expect(await displayNames()).toEqual([alice.displayName, bob.displayName]);
    expect(await run('dead-letters list')).toBe('No dead letters.');
  });

  it('says that a letter does not exist', async () => {
    await expect(run('dead-letters show social-service/999')).rejects.toThrow('There is no dead letter');
    await expect(run('dead-letters show nonsense')).rejects.toThrow('There is no service nonsense');
    await expect(run('dead-letters show social/x')).rejects.toThrow('as it is listed');
  });

  it('has a consumer read its topics again', async () => {
    await social.publish(user(carol), { version: 3 });
    await social.settle();
    await social.query(`UPDATE user_cache SET display_name = 'damaged', version = 0 WHERE id = $1`, [carol.id]);
    expect(await run('replay --service social --consumer replica --from beginning')).toMatch(
      /replica: \d+ facts applied/,
    );
    expect(await displayNames()).toEqual([alice.displayName, bob.displayName, carol.displayName]);
  });

  it('tells why a consumer can not read again', async () => {
    await expect(run('replay --service social --consumer nobody --from beginning')).rejects.toThrow('could not do it');
    await expect(run('replay --service social --consumer replica --from yesterday')).rejects.toThrow('ISO time');
    expect(await run('jobs list')).toContain('kafka.replay');
  });

  it('has a job tried again that was given up', async () => {
    const [, line = ''] = (await run('jobs list')).split('\n');
    const id = line.split(' ')[0] ?? '';
    expect(await run(`jobs retry ${id}`)).toBe(`${id} is tried again`);
    await expect(run(`jobs retry social/${alice.id}`)).rejects.toThrow('no such job');
  });

  it('publishes a topic anew from the tables', async () => {
    await social.request('PUT', `/v1/follows/${bob.id}`, { as: alice.id });
    await social.settle();
    expect(await run('republish --service social --topic follow')).toBe(
      'social-service: 1 rows of follow are on their way to Kafka',
    );
    await social.settle();
    const facts = await social.query(`SELECT version, snapshot FROM outbox WHERE topic = 'follow' ORDER BY id`);
    expect(facts).toEqual([
      { version: expect.any(String), snapshot: false },
      { version: (facts[0] as { version: string }).version, snapshot: true },
    ]);
    await expect(run('republish --service social --topic block')).rejects.toThrow('could not do it');
  });

  it('names what is wrong with what it was told', async () => {
    await expect(run('replay --service nothing --consumer a --from beginning')).rejects.toThrow('user-service, social');
    await expect(run('dead-letters list --service user')).rejects.toThrow('no database yet');
    const away = { PLAZA_SOCIAL_SERVICE_DATABASE_URL: 'postgres://postgres@127.0.0.1:1/social_service' };
    await expect(run('dead-letters list', away)).rejects.toThrow("social_service on 127.0.0.1:1) can't be reached");
    const nothing = { PLAZA_SOCIAL_SERVICE_DATABASE_URL: '', PLAZA_DATA_DIR: '/nowhere' };
    await expect(run('dead-letters list', nothing)).rejects.toThrow('No platform runs');
  });

  describe('migrate', () => {
    let database: TestDatabase;

    beforeAll(async () => {
      database = await createTestDatabase();
    });

    afterAll(() => database.drop());

    function migrate(options: string): Promise<string> {
      return run(`migrate ${options}`, { PLAZA_SOCIAL_SERVICE_DATABASE_URL: database.url });
    }

    it('brings a database up to date, and says what it ran', async () => {
      expect(await migrate('--service social')).toContain('social-service: ran CreateOutbox');
      expect(await migrate('--service social')).toBe('social-service: is up to date');
    });

    it('takes migrations back, and runs them again', async () => {
      expect(await migrate('--service social --down 2')).toBe('social-service: took 2 back');
      expect(await migrate('--service social')).toMatch(/^social-service: ran \w+, \w+$/);
    });

    it('takes all of them back', async () => {
      const all = (await migrateNames()).length;
      expect(await migrate(`--service social --down ${all}`)).toBe(`social-service: took ${all} back`);
      expect((await migrate('--service social')).split(', ')).toHaveLength(all);
    });

    async function migrateNames(): Promise<unknown[]> {
      const { default: pg } = await import('pg');
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      const { rows } = await client.query('SELECT name FROM migrations');
      await client.end();
      return rows;
    }

    it('takes back only what it is told exactly', async () => {
      await expect(migrate('--down 1')).rejects.toThrow('--service');
      await expect(migrate('--service social --down all')).rejects.toThrow('a number');
    });
  });
});
