import { describe, expect, it } from '@jest/globals';
import { type KeyPair, keyPair } from '../../test/tokens.js';
import { type KeySource, type PublishedKey, SigningKeys } from './signing-keys.js';

/** A table that counts how often it is read. */
class CountingSource implements KeySource {
  reads = 0;
  rows: PublishedKey[] = [];

  async read(): Promise<PublishedKey[]> {
    this.reads += 1;
    return this.rows;
  }
}

describe('SigningKeys', () => {
  it('finds a key that only the table knows', async () => {
    const source = new CountingSource();
    const { published } = await keyPair();
    source.rows = [published];
    expect(await new SigningKeys(source).find(published.kid)).toMatchObject(published);
  });

  it('waits for a key that is on its way', async () => {
    const keys = new SigningKeys();
    const { published } = await keyPair();
    const [found] = await Promise.all([keys.find(published.kid), keys.put(published)]);
    expect(found).toMatchObject(published);
  });

  it('waits for a key that another instance writes to the table', async () => {
    const source = new CountingSource();
    const keys = new SigningKeys(source, { rereadMs: 5 });
    const { published } = await keyPair();
    const found = keys.find(published.kid);
    source.rows = [published];
    expect(await found).toMatchObject(published);
  });

  it('gives up after its time, and then knows at once that the key is unknown', async () => {
    const source = new CountingSource();
    const keys = new SigningKeys(source, { waitMs: 20, rereadMs: 1_000 });
    expect(await keys.find('forged')).toBeUndefined();
    const { reads } = source;
    await Promise.all(Array.from({ length: 100 }, () => keys.find('forged')));
    expect(source.reads).toBe(reads);
  });

  it('takes a key back from the unknown ones when it arrives after all', async () => {
    const keys = new SigningKeys(undefined, { waitMs: 1 });
    const { published } = await keyPair();
    expect(await keys.find(published.kid)).toBeUndefined();
    await keys.put(published);
    expect(await keys.find(published.kid)).toMatchObject(published);
  });

  it('reads the table once for a thousand forged kids, and lets only a few of them wait', async () => {
    const source = new CountingSource();
    const keys = new SigningKeys(source, { waitMs: 100, rereadMs: 1_000, maxWaiters: 8 });
    const waited = performance.now();
    const found = await Promise.all(Array.from({ length: 1_000 }, (_, index) => keys.find(`forged-${index}`)));
    expect(found.every((key) => key === undefined)).toBe(true);
    expect(source.reads).toBe(1);
    expect(performance.now() - waited).toBeLessThan(2_000);
  });

  it('ignores an older state of a key, and tells of a newer one', async () => {
    const keys = new SigningKeys();
    const end = new Date('2026-12-01T00:00:00.000Z');
    const { published }: KeyPair = await keyPair({ version: 5 });
    let changes = 0;
    keys.onChange(() => {
      changes += 1;
    });
    await keys.put(published);
    await keys.put({ ...published, acceptedUntil: end, version: 4 });
    expect(keys.known(published.kid)?.acceptedUntil).toBeNull();
    await keys.put({ ...published, acceptedUntil: end, version: 6 });
    expect(keys.known(published.kid)?.acceptedUntil).toEqual(end);
    expect(changes).toBe(1);
  });

  it('fails where the table can not be read, instead of calling a good token bad', async () => {
    const keys = new SigningKeys({ read: () => Promise.reject(new Error('no database')) });
    await expect(keys.find('any')).rejects.toThrow('no database');
  });
});
