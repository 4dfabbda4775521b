import { eventually } from '@plaza/testing';
import type { FactContext } from '../src/consumer/context.js';
import { apply, ConsumerBed, databases, type Method, steps, upTo } from './consumer-bed.js';
import type { ParcelMoved } from './parcel.facts.js';

describe.each(databases)('replay on %s', (on) => {
  let bed: ConsumerBed;
  let broken = (_: ParcelMoved): boolean => false;

  beforeEach(async () => {
    bed = await ConsumerBed.start({ on, partitions: 2 });
    broken = () => false;
  });
  afterEach(() => bed.stop());

  const write = async (fact: ParcelMoved, context: FactContext): Promise<void> => {
    if (broken(fact)) throw new Error('no');
    await apply('replica', fact, context);
  };
  const replica: Method = [{ consumer: 'replica', replayable: true }, ['parcel.moved', 'parcel.lost'], write];
  const ledger: Method = [{ consumer: 'ledger' }, 'parcel.moved', write];

  test('reads everything again, up to the present, while the consumer goes on', async () => {
    const { replayer } = await bed.instance(replica);
    await bed.publish(...steps('a', 60), ...steps('b', 60));
    await bed.expectAllRead('replica');
    await bed.ledger.clearApplied();
    expect(await replayer.replay('replica', 'beginning')).toBe(120);
    expect((await bed.applied('replica')).length).toBe(120);
    await bed.publish({ key: 'a', step: 61 });
    await bed.expectApplied('replica', 'a', upTo(61));
  });

  test('reads again from a time on', async () => {
    const { replayer } = await bed.instance(replica);
    await bed.publish(...steps('a', 5));
    await bed.expectAllRead('replica');
    const from = new Date(Date.now() + 1);
    await eventually(() => expect(Date.now()).toBeGreaterThan(from.getTime()));
    await bed.publish({ key: 'a', step: 6 });
    await bed.expectAllRead('replica');
    expect(await replayer.replay('replica', from)).toBe(1);
    await bed.expectApplied('replica', 'a', [...upTo(6), 6]);
    expect(await replayer.replay('replica', new Date(Date.now() + 60_000))).toBe(0);
  });

  test('leaves facts of a parked key to their dead letters, and passes over one that fails', async () => {
    broken = ({ parcel }) => parcel === 'bad';
    const { replayer, letters } = await bed.instance(replica);
    await bed.publish(...steps('bad', 2), ...steps('a', 2), ...steps('odd', 2));
    await bed.expectAllRead('replica');
    await eventually(async () =>
      expect((await letters.list()).map(({ state }) => state)).toEqual(['PARKED', 'PARKED']),
    );
    broken = ({ parcel, step }) => parcel === 'odd' && step === 2;
    await bed.ledger.clearApplied();
    expect(await replayer.replay('replica', 'beginning')).toBe(3);
    await bed.expectApplied('replica', 'a', [1, 2]);
    await bed.expectApplied('replica', 'odd', [1]);
    expect(await letters.replay({ key: 'bad' })).toEqual({ applied: 2, remaining: 0 });
  });

  test('refuses a consumer that would do things twice, and one that is not there', async () => {
    const { replayer } = await bed.instance(ledger);
    await expect(replayer.replay('ledger', 'beginning')).rejects.toThrow('not replayable');
    await expect(replayer.replay('nobody', 'beginning')).rejects.toThrow('There is no consumer nobody');
  });

  test('leaves no group behind', async () => {
    const { replayer } = await bed.instance(replica);
    await bed.publish({ key: 'a', step: 1 });
    await bed.expectAllRead('replica');
    await replayer.replay('replica', 'beginning');
    const { groups } = await bed.withAdmin((admin) => admin.listGroups());
    const own = groups.map(({ groupId }) => groupId).filter((groupId) => groupId.startsWith(bed.settings.prefix));
    expect(own).toEqual([`${bed.settings.prefix}post-service.replica`]);
  });

  test('drops marks below the start of the log, and dead letters of more than 30 days', async () => {
    const { cleaner, letters } = await bed.instance(ledger);
    await bed.publish(...steps('a', 10), { key: 'bad', step: 1, value: 'x' }, { key: 'bad', step: 2 });
    await bed.expectAllRead('ledger');
    expect(await cleaner.dropOld()).toBe(0);
    const topic = `${bed.settings.prefix}parcel`;
    const [{ partition } = { partition: 0 }] = await bed.ledger.marks();
    await bed.withAdmin(async (admin) => {
      await admin.fetchTopicMetadata({ topics: [topic] });
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: '4' }] });
    });
    expect(await cleaner.dropOld()).toBe(4);
    expect(await bed.ledger.marks()).toHaveLength(6);

    await bed.ledger.ageLetters('x');
    expect(await letters.dropOld()).toBe(1);
    expect(await letters.list()).toHaveLength(1);
    await bed.ledger.ageLetters();
    expect(await letters.dropOld()).toBe(1);
    expect(await bed.ledger.parkedKeys()).toEqual([]);
  });

  test('drops old marks of a compacted log once they are far behind, and keeps the others', async () => {
    await bed.makeTopics();
    const { cleaner } = await bed.instance(ledger);
    await bed.publish({ key: 'a', step: 1 });
    await bed.expectAllRead('ledger');
    const [at] = await bed.ledger.positions('ledger');
    const clusterId = at?.clusterId ?? '';
    await bed.ledger.movePositions(200_000);
    const mark = (offset: number, days: number, cluster: string) =>
      bed.ledger.mark('ledger', { offset, days, clusterId: cluster });
    await mark(50_000, 9, clusterId);
    await mark(150_000, 9, clusterId);
    await mark(50_001, 7, clusterId);
    await mark(150_001, 9, 'a cluster that was lost');
    await mark(150_002, 7, 'a cluster that was lost');
    expect(await cleaner.dropOld()).toBe(2);
    const left = (await bed.ledger.marks()).filter(({ offset }) => Number(offset) > 1_000);
    expect(left.map(({ offset }) => offset)).toEqual(['50001', '150000', '150002']);
  });
});
