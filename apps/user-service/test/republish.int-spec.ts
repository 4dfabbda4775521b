import { declarationOf, validateFact } from '@plaza/contracts';
import type { CurrentFact } from '@plaza/kafka';
import { DataSource } from 'typeorm';
import { republishSources } from '../src/republish-sources.js';
import { somebody, UserUnderTest } from './user-under-test.js';

describe('publishing anew', () => {
  let users: UserUnderTest;

  beforeAll(async () => {
    users = await UserUnderTest.start();
  });

  afterAll(() => users?.stop());

  async function readAll(topic: string, limit: number): Promise<CurrentFact[]> {
    const source = republishSources.find((it) => it.topic === topic);
    const { manager } = users.service.running.app.get(DataSource);
    const all: CurrentFact[] = [];
    for (let after: string | null = null; ; after = all.at(-1)?.cursor ?? null) {
      const rows: CurrentFact[] = (await source?.read(manager, after, limit)) ?? [];
      all.push(...rows);
      if (rows.length < limit) return all;
    }
  }

  it.each([
    ['user.updated', 'user.updated'],
    ['contact', 'contact.updated'],
  ])('%s gives each row once, valid, at the version it was last published with', async (topic, type) => {
    const people = await Promise.all(Array.from({ length: 5 }, () => users.register(somebody())));
    for (const { accessToken } of people) {
      await users.request('PATCH', '/v1/users/me', { token: accessToken, body: { displayName: 'Changed' } });
    }
    const current = await readAll(topic, 2);
    expect(new Set(current.map(({ fact }) => declarationOf(fact).key(fact))).size).toBe(current.length);
    expect(current.length).toBeGreaterThanOrEqual(people.length);
    for (const { fact, version } of current) {
      expect(() => validateFact(fact)).not.toThrow();
      const { key } = declarationOf(fact);
      const last = (await users.facts(key(fact))).findLast((published) => published.type === type);
      expect({ version, payload: { ...fact } }).toEqual({ version: last?.version, payload: last?.payload });
    }
  });

  it('user.created has the present state too', async () => {
    const [created] = await readAll('user.created', 100);
    expect(created?.fact).toMatchObject({ displayName: 'Changed' });
  });

  it('signing-key has the key', async () => {
    const [key] = await readAll('signing-key', 1);
    expect(key?.fact).toMatchObject({ acceptedUntil: null, publicJwk: { crv: 'Ed25519' } });
  });
});
