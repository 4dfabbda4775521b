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
        told_at: 'date',
        last_seen_at: ['date', 'null'],
        left_at: ['date', 'null'],
        due_at: ['date', 'null'],
      }),
    });
    await db
      .collection('user_presence')
      .createIndex(
        { due_at: 1 },
        { name: 'idx_user_presence_due_at', partialFilterExpression: { due_at: { $gt: new Date(0) } } },
      );
    await ensureCollection(db, 'gateways', {
      validator: fields({ _id: 'string', beat: ['int', 'long', 'double'], seen_at: 'date' }),
    });
    await ensureCollection(db, 'connections', {
      validator: fields({ _id: 'string', user_id: 'string', gateway_id: 'string', opened_at: 'date' }),
    });
    await db.collection('connections').createIndexes([
      { name: 'idx_connections_user_id', key: { user_id: 1 } },
      { name: 'idx_connections_gateway_id', key: { gateway_id: 1, _id: 1, user_id: 1 } },
    ]);
  },

  async down(db) {
    for (const name of ['connections', 'gateways', 'user_presence']) await db.dropCollection(name);
  },
};
