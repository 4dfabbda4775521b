import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databases, type Instance, OutboxBed } from './outbox-bed.js';

describe.each(databases)('republishing a state topic from %s', (on) => {
  let bed: OutboxBed;
  let instance: Instance;

  beforeAll(async () => {
    bed = await OutboxBed.start({ on });
    instance = await bed.running();
  });
  afterAll(() => bed.stop());

  it('publishes every row once, at its version, as a snapshot', async () => {
    await bed.notes.fill(1200);
    expect(await instance.republisher.republish('kept-note')).toBe(1200);
    await bed.published();
    const records = await bed.records('kept-note');
    expect(records).toHaveLength(1200);
    expect(records[6]).toMatchObject({
      key: 'row-00007',
      fact: { note: 'row-00007', number: 7 },
      headers: { ce_type: 'kept-note', ce_version: '70', ce_snapshot: 'true' },
    });
    expect(new Set(records.map(({ headers }) => headers.ce_id)).size).toBe(1200);
  });

  it('says so when nobody knows how', async () => {
    await expect(instance.republisher.republish('note')).rejects.toThrow('topic note');
  });

  it('never puts an older state after a newer one that is written meanwhile', async () => {
    let changed = false;
    // The row changes after it was read for the first time.
    const afterRead = async (): Promise<void> => {
      if (changed) return;
      changed = true;
      await instance.keep('row-00001', 1_000);
    };
    const slow = await bed.instance({ afterRead });
    await slow.republisher.republish('kept-note');
    await bed.published();
    const versions = (await bed.records('kept-note')).filter(({ key }) => key === 'row-00001').slice(1);
    expect(versions.map(({ fact: { number } }) => number)).toEqual([1_000, 1_000]);
  });

  it('leaves out a row that is no valid fact', async () => {
    await bed.notes.spoil('row-00002');
    expect(await instance.republisher.republish('kept-note')).toBe(1199);
  });
});
