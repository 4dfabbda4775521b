import { outboxCollections } from '../documents.js';
import { ensureCollection, type MongoMigration } from '../migrations.js';

const collections = ['relay_lease', 'relay_acknowledged', 'relay_republish', 'relay_wakes'];

export const createRelay: MongoMigration = {
  name: '20261125T1001-create-relay',

  async up(db) {
    for (const name of collections) await ensureCollection(db, name);
    // Free from the start: so taking it is always the same update.
    const free = { holder: '', epoch: 0, until: new Date(0), cluster_id: null, marked_at: null };
    await outboxCollections.lease(db).updateOne({ _id: 'outbox' }, { $setOnInsert: free }, { upsert: true });
    await outboxCollections.wakes(db).updateOne({ _id: 'outbox' }, { $setOnInsert: { count: 0 } }, { upsert: true });
  },

  async down(db) {
    for (const name of collections) await db.dropCollection(name);
  },
};
