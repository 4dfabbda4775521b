import { ensureCollection, type MongoMigration } from '../migrations.js';

export const createConsumerCollections: MongoMigration = {
  name: '20261125T1010-create-consumer-collections',

  async up(db) {
    await ensureCollection(db, 'consumer_positions');
    await ensureCollection(db, 'inbox');
    await db.collection('inbox').createIndex({ consumer: 1, topic: 1, kafka_partition: 1, kafka_offset: 1 });
    await ensureCollection(db, 'parked_keys', {
      validator: { $jsonSchema: { required: ['state'], properties: { state: { enum: ['RETRYING', 'PARKED'] } } } },
    });
    await db
      .collection('parked_keys')
      .createIndex({ next_try_at: 1 }, { partialFilterExpression: { state: 'RETRYING' } });
    await ensureCollection(db, 'dead_letters');
    await db
      .collection('dead_letters')
      .createIndexes([{ key: { parked: 1, place: 1 } }, { key: { mentions: 1 } }, { key: { parked_at: 1 } }]);
  },

  async down(db) {
    for (const name of ['dead_letters', 'parked_keys', 'inbox', 'consumer_positions']) await db.dropCollection(name);
  },
};
