import { ensureCollection, fields, type MongoMigration } from '../migrations.js';

const day = 86_400;

export const createOutbox: MongoMigration = {
  name: '20261125T1000-create-outbox',

  async up(db) {
    const number = ['int', 'long', 'double'];
    await ensureCollection(db, 'outbox', {
      validator: fields({
        _id: 'string',
        topic: 'string',
        key: 'string',
        type: 'string',
        clock: number,
        version: number,
        payload: 'string',
        traceparent: ['string', 'null'],
        snapshot: 'bool',
        state: { enum: ['WAITING', 'FAILED', 'PUBLISHED'] },
        created_at: 'date',
        published_at: ['date', 'null'],
      }),
    });
    // Each holds what it is asked for alone. A published row is in none: `maintainMongoOutbox` finds it by its id.
    await db.collection('outbox').createIndexes([
      { name: 'outbox_waiting', key: { clock: 1 }, partialFilterExpression: { state: 'WAITING' } },
      { name: 'outbox_failed', key: { key: 1 }, partialFilterExpression: { state: 'FAILED' } },
    ]);
    await ensureCollection(db, 'outbox_keys', {
      validator: fields({ _id: 'string', clock: number, used_at: 'date' }),
    });
    // A clock begins again with the time: as long as that has not been wrong by a month, it goes on rising.
    await db.collection('outbox_keys').createIndex({ used_at: 1 }, { expireAfterSeconds: 30 * day });
  },

  async down(db) {
    await db.dropCollection('outbox_keys');
    await db.dropCollection('outbox');
  },
};
