import { Actor, eventually, settle, testServers } from '@plaza/testing';
import { rows, wrongCopies } from '../src/checker.js';
import { plaza } from '../src/operator.js';
import { intrude } from '../src/outsider.js';
import { NO_RATES, type Platform, startPlatform } from '../src/platform.js';
import { personNamed } from '../src/workload.js';

const NOT_JSON = '{ this is "not JSON';
const NOT_VALID = JSON.stringify({ username: 'NOT A USERNAME', privacyLevel: 'SECRET' });

let platform: Platform;
let people: Record<'alice' | 'bob' | 'carol' | 'dora', Actor>;

beforeAll(async () => {
  platform = await startPlatform('services', testServers(), NO_RATES);
  const named = (name: string) => Actor.register(platform.client, personNamed(name));
  people = {
    alice: await named('alice'),
    bob: await named('bob'),
    carol: await named('carol'),
    dora: await named('dora'),
  };
  await settled();
  await rememberWhatIsApplied();
}, 90_000);
afterAll(() => platform?.stop());

const settled = () => settle({ prefix: platform.prefix, databases: Object.values(platform.databases) });
const social = (sql: string) => rows<Record<string, unknown>>(platform, 'social_service', sql);

async function rename(actor: Actor, ...names: string[]): Promise<void> {
  for (const displayName of names) expect((await actor.patch('/v1/users/me', { displayName })).status).toBe(200);
}

/** From now on social-service's database itself writes down what its cache is told, in order. */
async function rememberWhatIsApplied(): Promise<void> {
  await social(`
    CREATE TABLE applied (id bigint GENERATED ALWAYS AS IDENTITY, user_id uuid, display_name text);
    CREATE FUNCTION remember() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO applied (user_id, display_name) VALUES (NEW.id, NEW.display_name); RETURN NULL; END $$;
    CREATE TRIGGER remember AFTER INSERT OR UPDATE ON user_cache FOR EACH ROW EXECUTE FUNCTION remember()`);
}

async function appliedOf({ id }: Actor): Promise<unknown[]> {
  const applied = await social(`SELECT display_name FROM applied WHERE user_id = '${id}' ORDER BY id`);
  return applied.map((row) => row.display_name);
}

/** What `plaza dead-letters list` says of a key in social-service, a line each. */
async function listed({ id }: Actor): Promise<string[]> {
  const { exitCode, out } = await plaza(platform, `dead-letters list --service social --key ${id}`);
  expect(exitCode).toBe(0);
  return out.split('\n').filter((line) => line.includes(id));
}

async function shown(line: string | undefined): Promise<string> {
  const { exitCode, out } = await plaza(platform, `dead-letters show ${line?.split(' ')[0]}`);
  expect(exitCode).toBe(0);
  return out;
}

it('has no dead letters where all is well', async () => {
  expect(await plaza(platform, 'dead-letters list')).toEqual({ exitCode: 0, out: 'No dead letters.\n', err: '' });
});

it('parks the keys of facts that do not parse or break their contract, and goes on with the others', async () => {
  const { alice, bob, carol } = people;
  await intrude(platform, [
    { topic: 'user.updated', key: alice.id, value: NOT_JSON },
    { topic: 'user.updated', key: bob.id, value: NOT_VALID },
  ]);
  await rename(alice, 'Alice II');
  await rename(bob, 'Bob II');
  await rename(carol, 'Carol II');
  await settled();
  expect(await appliedOf(carol)).toEqual(['Carol II']);
  expect([...(await appliedOf(alice)), ...(await appliedOf(bob))]).toEqual([]);

  for (const [actor, reason, payload] of [
    [alice, 'FactUnreadable', NOT_JSON],
    [bob, 'FactInvalid', NOT_VALID],
  ] as const) {
    const [first, second, ...more] = await listed(actor);
    expect(first).toMatch(new RegExp(`PARKED.*${reason}`));
    expect(second).toMatch(/PARKED.*Behind a fact of the same key/);
    expect(more).toEqual([]);
    const letter = await shown(first);
    expect(letter).toContain(`reason: ${reason}`);
    expect(letter.replaceAll(/\s/g, '')).toContain(`payload:${payload.replaceAll(/\s/g, '')}`);
  }
});

it('leaves parked what fails again when it is replayed, and says so', async () => {
  const { alice, bob } = people;
  const { exitCode, out, err } = await plaza(platform, 'dead-letters replay --service social');
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: 'social-service: 0 applied, 4 left\n' });
  expect(err).toContain('failed again');
  for (const actor of [alice, bob]) expect(await listed(actor)).toHaveLength(2);
});

it('parks the key of a fact whose handler throws, and brings its facts back in order once the cause is gone', async () => {
  const { carol, dora } = people;
  await social(`ALTER TABLE user_cache ADD CONSTRAINT no_robots CHECK (display_name NOT LIKE 'Robot%')`);
  await rename(carol, 'Robot', 'Carol III', 'Carol IV');
  await rename(dora, 'Dora II');
  await eventually(async () => expect(await appliedOf(dora)).toEqual(['Dora II']));
  // Until all tries have failed: so long as there are any left, facts are under way.
  await settled();

  const letters = await listed(carol);
  expect(letters).toHaveLength(3);
  expect(letters[0]).toContain('no_robots');
  expect(letters.every((line) => line.includes('PARKED'))).toBe(true);
  expect(await shown(letters[0])).toContain('"displayName": "Robot"');
  expect(await plaza(platform, `dead-letters replay --service social --key ${carol.id}`)).toMatchObject({
    exitCode: 1,
    out: 'social-service: 0 applied, 3 left\n',
  });
  expect(await appliedOf(carol)).toEqual(['Carol II']);

  await social('ALTER TABLE user_cache DROP CONSTRAINT no_robots');
  expect(await plaza(platform, `dead-letters replay --service social --key ${carol.id}`)).toEqual({
    exitCode: 0,
    out: 'social-service: 3 applied, 0 left\n',
    err: '',
  });
  expect(await appliedOf(carol)).toEqual(['Carol II', 'Robot', 'Carol III', 'Carol IV']);
  expect(await listed(carol)).toEqual([]);
});

it('lets a key flow again once its facts are back', async () => {
  const { carol, dora, alice, bob } = people;
  await rename(carol, 'Carol V');
  await settled();
  expect((await appliedOf(carol)).at(-1)).toBe('Carol V');
  const wrong = (await wrongCopies(platform)).map((line) => line.split(' ')[0]);
  expect(new Set(wrong)).toEqual(new Set([alice.id, bob.id]));
  expect(wrong).not.toContain(dora.id);
});
