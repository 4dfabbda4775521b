import { ensureCollection, fields, type MongoMigration } from '@plaza/kafka';

const number = ['int', 'long', 'double'];
const due = { partialFilterExpression: { due_at: { $gt: new Date(0) } } };

export const createDueWork: MongoMigration = {
  name: '20261125T1240-create-due-work',

  async up(db) {
    await ensureCollection(db, 'receipts_due', { validator: fields({ _id: 'string', due_at: 'date' }) });
    await db
      .collection('receipts_due')
      .createIndex({ due_at: 1 }, { name: 'idx_receipts_due_due_at', expireAfterSeconds: 3_600 });
    await ensureCollection(db, 'unseen_checks', {
      validator: fields({ _id: 'string', conversation_id: 'string', seq: number, sender_id: 'string', due_at: 'date' }),
    });
    await db.collection('unseen_checks').createIndex({ due_at: 1 }, { name: 'idx_unseen_checks_due_at', ...due });
    await ensureCollection(db, 'usage_batches', {
      validator: fields({
        _id: 'string',
        conversation_id: 'string',
        day: 'string',
        messages: 'array',
        after: 'string',
        due_at: 'date',
      }),
    });
    await db.collection('usage_batches').createIndex({ due_at: 1 }, { name: 'idx_usage_batches_due_at', ...due });
    await ensureCollection(db, 'usage_days', {
      validator: fields({
        _id: 'string',
        user_id: 'string',
        day: 'string',
        messages_sent: number,
        messages_received: number,
        conversation_ids: 'array',
        groups_joined: number,
        due_at: ['date', 'null'],
        told_at: ['date', 'null'],
        updated_at: 'date',
      }),
    });
    await db.collection('usage_days').createIndexes([
      { name: 'idx_usage_days_due_at', key: { due_at: 1 }, ...due },
      { name: 'idx_usage_days_updated_at', key: { updated_at: 1 }, expireAfterSeconds: 40 * 86_400 },
    ]);
  },

  async down(db) {
    for (const name of ['usage_days', 'usage_batches', 'unseen_checks', 'receipts_due']) await db.dropCollection(name);
  },
};
