import { ensureCollection, fields, type MongoMigration } from '@plaza/kafka';

const statuses = { enum: ['ONLINE', 'OFFLINE', 'AWAY', 'DO_NOT_DISTURB'] };

export const createPresence: MongoMigration = {
  name: '20261125T1230-create-presence',

  async up(db) {
    await ensureCollection(db, 'user_presence', {
      validator: fields({
        _id: 'string',
        chosen: statuses,
        told: statuses,
        last_seen_at: ['date', 'null'],
        leaving_at: ['date', 'null'],
      }),
    });
    await db
      .collection('user_presence')
      .createIndex(
        { leaving_at: 1 },
        { name: 'idx_user_presence_leaving_at', partialFilterExpression: { leaving_at: { $type: 'date' } } },
      );
    await ensureCollection(db, 'connections', {
      validator: fields({ _id: 'string', user_id: 'string', gateway_id: 'string', opened_at: 'date', seen_at: 'date' }),
    });
    await db.collection('connections').createIndexes([
      { name: 'idx_connections_user_id', key: { user_id: 1 } },
      { name: 'idx_connections_gateway_id', key: { gateway_id: 1, seen_at: 1 } },
      { name: 'idx_connections_seen_at', key: { seen_at: 1 } },
    ]);
  },

  async down(db) {
    await db.dropCollection('connections');
    await db.dropCollection('user_presence');
  },
};
