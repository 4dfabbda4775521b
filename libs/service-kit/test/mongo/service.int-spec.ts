import { fact, SigningKeyPublished } from '@plaza/contracts';
import { actors, eventually } from '@plaza/testing';
import { ServiceUnderTest } from '@plaza/testing/service';
import { type Db, MongoClient } from 'mongodb';
import { BACKGROUND, MONGO, SigningKeys } from '../../src/index.js';
import { mongoSample } from './sample.js';

let service: ServiceUnderTest;
const as = actors.alice.id;

beforeAll(async () => {
  service = await ServiceUnderTest.start(mongoSample);
});

afterAll(() => service?.stop());

describe('a service whose database is MongoDB', () => {
  it('starts on an empty database, with the collections of the libs and its own', async () => {
    const names = (await service.db.listCollections().toArray()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['notes', 'outbox', 'consumer_positions', 'migrations']));
  });

  it('changes its data and tells of it in one transaction, and the fact reaches Kafka', async () => {
    const { status } = await service.request('POST', '/v1/notes', { as, body: { text: 'hello' } });
    expect(status).toBe(201);
    await service.settle();
    expect(await service.facts()).toMatchObject([{ type: 'user.deleted' }]);
    expect(await service.db.collection('outbox').findOne({})).toMatchObject({ state: 'PUBLISHED' });
  });

  it('leaves nothing of a change that breaks a unique index', async () => {
    await service.request('POST', '/v1/notes', { as, body: { text: 'once' } });
    const before = await service.facts();
    const again = await service.request('POST', '/v1/notes', { as, body: { text: 'once' } });
    expect(again).toMatchObject({ status: 409, body: { code: 'TEXT_TAKEN' } });
    expect(await service.facts()).toEqual(before);
  });

  it('makes what a client sends an operator nowhere', async () => {
    const sent = await service.request('POST', '/v1/notes', { as, body: { text: { $gt: '' } } });
    expect(sent.status).toBe(422);
  });

  it('answers 503 with Retry-After where an operation takes longer than a request has', async () => {
    await service.request('POST', '/v1/notes', { as, body: { text: 'there must be one to look at' } });
    const answer = await service.request('GET', '/v1/notes/slow', { as });
    expect(answer).toMatchObject({ status: 503, body: { code: 'DEPENDENCY_UNAVAILABLE' } });
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it('shows its database as a part of its health, and its pools in the metrics', async () => {
    const { parts } = await service.running.health();
    expect(parts.database).toMatchObject({ up: true, waiting: 0 });
    expect(parts.kafka).toMatchObject({ up: true, backlog: expect.any(Number) });
    const metrics = await service.running.registry.metrics();
    expect(metrics).toMatch(/plaza_database_connections\{[^}]*pool="requests",state="idle"/);
  });

  it('has two clients, so that neither requests nor consumers wait for the other', () => {
    const main = service.running.app.get<Db>(MONGO);
    const background = service.running.app.get<Db>(BACKGROUND);
    expect(main.databaseName).toBe(service.db.databaseName);
    expect(background.databaseName).toBe(main.databaseName);
    expect(main.client).toBeInstanceOf(MongoClient);
    expect(background.client).not.toBe(main.client);
  });

  it('keeps the published keys in its database, the newest state of each', async () => {
    const key = {
      kid: 'k-1',
      publicJwk: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' } as const,
      signsFrom: '2026-11-25T12:00:00.000Z',
    };
    const ended = { ...key, acceptedUntil: '2099-01-01T00:00:00.000Z' };
    await service.publish(fact(SigningKeyPublished, ended), { version: 2 });
    await service.publish(fact(SigningKeyPublished, { ...key, acceptedUntil: null }), { version: 1 });
    await service.settle();
    const kept = await service.db.collection<{ _id: string }>('signing_keys').findOne({ _id: 'k-1' });
    expect(kept).toMatchObject({ version: 2, accepted_until: new Date(ended.acceptedUntil) });
    const keys = service.running.app.get(SigningKeys);
    await eventually(() => expect(keys.known('k-1')).toMatchObject({ version: 2 }));
  });
});
