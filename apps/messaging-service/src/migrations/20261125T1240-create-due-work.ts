import { ensureCollection, fields, type MongoMigration } from '@plaza/kafka';

const number = ['int', 'long', 'double'];

export const createDueWork: MongoMigration = {
  name: '20261125T1240-create-due-work',

  async up(db) {
    await ensureCollection(db, 'receipts_due', { validator: fields({ _id: 'string', due_at: 'date' }) });
    await db.collection('receipts_due').createIndex({ due_at: 1 }, { name: 'idx_receipts_due_due_at' });
    await ensureCollection(db, 'unseen_checks', {
      validator: fields({
        _id: 'string',
        conversation_id: 'string',
        seq: number,
        sender_id: 'string',
        due_at: 'date',
      }),
    });
    await db.collection('unseen_checks').createIndex({ due_at: 1 }, { name: 'idx_unseen_checks_due_at' });
    await ensureCollection(db, 'usage_days', {
      validator: fields({
        _id: 'string',
        user_id: 'string',
        day: 'string',
        messages_sent: number,
        messages_received: number,
        conversation_ids: 'array',
        groups_joined: number,
        due: 'bool',
        updated_at: 'date',
      }),
    });
    await db.collection('usage_days').createIndexes([
      { name: 'idx_usage_days_due', key: { updated_at: 1 }, partialFilterExpression: { due: true } },
      { name: 'idx_usage_days_updated_at', key: { updated_at: 1 }, expireAfterSeconds: 40 * 86_400 },
    ]);
  },

  async down(db) {
    for (const name of ['usage_days', 'unseen_checks', 'receipts_due']) await db.dropCollection(name);
  },
};
