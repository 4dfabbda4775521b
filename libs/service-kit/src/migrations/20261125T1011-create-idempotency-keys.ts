import { ensureCollection, fields, type MongoMigration } from '@plaza/kafka';

const day = 86_400;

export const createIdempotencyKeys: MongoMigration = {
  name: '20261125T1011-create-idempotency-keys',

  async up(db) {
    await ensureCollection(db, 'idempotency_keys', {
      validator: fields({ _id: 'string', fingerprint: 'string', result: ['string', 'null'], created_at: 'date' }),
    });
    // By the database's clock, within a minute of it: who asks looks at the time as well.
    await db.collection('idempotency_keys').createIndex({ created_at: 1 }, { expireAfterSeconds: day });
  },

  async down(db) {
    await db.dropCollection('idempotency_keys');
  },
};
