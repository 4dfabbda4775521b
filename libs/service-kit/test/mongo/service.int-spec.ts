import { ServiceUnderTest } from '@plaza/testing/service';
import { type Db, MongoClient } from 'mongodb';
import { BACKGROUND, MONGO } from '../../src/index.js';
import { mongoSample } from './sample.js';

let service: ServiceUnderTest;

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
    const { status, body } = await service.request('POST', '/v1/notes', { body: { text: 'hello' } });
    expect(status).toBe(201);
    await service.settle();
    expect(await service.facts()).toMatchObject([{ type: 'user.deleted', key: body.id }]);
    expect(await service.db.collection('outbox').findOne({ key: body.id })).toMatchObject({ state: 'PUBLISHED' });
  });

  it('leaves nothing of a change that breaks a unique index', async () => {
    await service.request('POST', '/v1/notes', { body: { text: 'once' } });
    const before = await service.facts();
    const again = await service.request('POST', '/v1/notes', { body: { text: 'once' } });
    expect(again).toMatchObject({ status: 409, body: { code: 'TEXT_TAKEN' } });
    expect(await service.facts()).toEqual(before);
  });

  it('makes the text of a client an operator nowhere', async () => {
    const sent = await service.request('POST', '/v1/notes', { body: { text: { $gt: '' } } });
    expect(sent.status).toBe(422);
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
});
