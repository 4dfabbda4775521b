import { actors } from '@plaza/testing';
import { ServiceUnderTest } from '@plaza/testing/service';
import { mongoSample, orders } from './sample.js';

const DAY_MS = 86_400_000;

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await ServiceUnderTest.start(mongoSample);
});

afterAll(() => service?.stop());

beforeEach(async () => {
  orders.fail = false;
  orders.hold = undefined;
  await service.db.collection('notes').deleteMany({});
  await service.db.collection('idempotency_keys').deleteMany({});
});

function post(key?: string, o: { path?: string; text?: string; as?: string } = {}) {
  return service.request('POST', `/v1/notes${o.path ?? ''}`, {
    as: o.as ?? actors.alice.id,
    body: { text: o.text ?? 'hello' },
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
}

const replayed = ({ headers }: { headers: Headers }) => headers.get('idempotency-replayed');
const count = () => service.db.collection('notes').countDocuments();
const records = () => service.db.collection('idempotency_keys').find().toArray();

describe('Idempotency-Key in MongoDB', () => {
  it('records nothing where none is sent', async () => {
    const statuses = [(await post()).status, (await post(undefined, { text: 'other' })).status];
    expect([statuses, await count(), await records()]).toEqual([[201, 201], 2, []]);
  });

  it('gives the first answer again, and says so', async () => {
    const [first, second] = [await post('k1'), await post('k1')];
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect([replayed(first), replayed(second), await count()]).toEqual([null, 'true', 1]);
  });

  it('has one effect for 20 requests at once; the others get its answer or are told to come again', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('k2')));
    expect(await count()).toBe(1);
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    const made = answers.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
    expect(made.filter((answer) => replayed(answer) === null)).toHaveLength(1);
    expect((await post('k2')).body).toEqual(made[0]?.body);
  });

  it('tells who comes while the first is at work to come again, at once', async () => {
    const reached = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    orders.hold = () => {
      reached.resolve();
      return release.promise;
    };
    const first = post('k3');
    await reached.promise;
    const second = await post('k3');
    expect(second).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_BUSY' } });
    expect(second.headers.get('retry-after')).toBe('1');
    release.resolve();
    expect((await first).status).toBe(201);
    expect((await post('k3')).body).toEqual((await first).body);
  });

  it('refuses the same key for another body', async () => {
    await post('k4');
    expect(await post('k4', { text: 'other' })).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect(await count()).toBe(1);
  });

  it('belongs to one user and one route', async () => {
    const answers = [
      await post('k5', { text: 'a' }),
      await post('k5', { text: 'b', as: actors.bob.id }),
      await post('k5', { text: 'c', path: '/own' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(await count()).toBe(3);
  });

  it('records nothing of a request that failed', async () => {
    orders.fail = true;
    expect((await post('k6')).body.code).toBe('NOTES_CLOSED');
    orders.fail = false;
    const again = await post('k6');
    expect([again.status, replayed(again), await count()]).toEqual([201, null, 1]);
  });

  it('is forgotten after 24 hours, whether the database has removed it or not', async () => {
    await post('k7');
    await service.db
      .collection('idempotency_keys')
      .updateMany({}, [{ $set: { created_at: { $subtract: ['$$NOW', DAY_MS] } } }]);
    const later = await post('k7', { text: 'another day' });
    expect([later.status, replayed(later)]).toEqual([201, null]);
    expect(replayed(await post('k7', { text: 'another day' }))).toBe('true');
  });

  it('is removed by the database after 24 hours', async () => {
    const indexes = await service.db.collection('idempotency_keys').indexes();
    expect(indexes).toContainEqual(expect.objectContaining({ key: { created_at: 1 }, expireAfterSeconds: 86_400 }));
  });

  it('needs no record for a change that is its own, and still says that it was there', async () => {
    const [first, second] = [await post('k8', { path: '/own' }), await post('k8', { path: '/own' })];
    expect(second.body).toEqual(first.body);
    expect([replayed(first), replayed(second), await count(), await records()]).toEqual([null, 'true', 1, []]);
    expect((await post(undefined, { path: '/own', text: 'other' })).status).toBe(201);
  });

  it('finds two transactions where there may be one', async () => {
    expect((await post(undefined, { path: '/twice' })).status).toBe(500);
  });
});
