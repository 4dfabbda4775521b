import { ensureCollection, fields, type MongoMigration } from '@plaza/kafka';

const number = ['int', 'long', 'double'];

export const createConversations: MongoMigration = {
  name: '20261125T1200-create-conversations',

  async up(db) {
    await ensureCollection(db, 'conversations', {
      validator: fields({
        _id: 'string',
        type: { enum: ['DIRECT', 'GROUP', 'CHANNEL'] },
        name: ['string', 'null'],
        owner_id: ['string', 'null'],
        settings: 'object',
        request: ['object', 'null'],
        last_seq: number,
        last_message: ['object', 'null'],
        last_activity_at: 'date',
        member_count: number,
        member_preview: 'array',
        clock: number,
        created_by: 'string',
        created_at: 'date',
        updated_at: 'date',
      }),
    });
    await db.collection('conversations').createIndexes([
      // One per pair, also when both start at once.
      {
        name: 'uq_conversations_pair_key',
        key: { pair_key: 1 },
        unique: true,
        partialFilterExpression: { pair_key: { $exists: true } },
      },
    ]);
    await ensureCollection(db, 'conversation_members', {
      validator: fields({
        _id: 'string',
        conversation_id: 'string',
        user_id: 'string',
        role: { enum: ['OWNER', 'ADMIN', 'MODERATOR', 'MEMBER'] },
        permissions: 'object',
        active: 'bool',
        joined_seq: number,
        joined_at: 'date',
        joined_clock: number,
        left_at: ['date', 'null'],
        left_clock: [...number, 'null'],
        delivered_seq: number,
        read_seq: number,
        muted_until: ['date', 'null'],
        archived: 'bool',
        pinned_at: ['date', 'null'],
        receipts_due: 'bool',
      }),
    });
    await db.collection('conversation_members').createIndexes([
      { name: 'idx_conversation_members_user_id', key: { user_id: 1, active: 1, conversation_id: 1 } },
      // Lists of members, in the order of joining; who has read what.
      {
        name: 'idx_conversation_members_conversation_id',
        key: { conversation_id: 1, active: 1, joined_clock: 1, user_id: 1 },
      },
      // Who has read up to where is counted here, of those for whom a message was: who came later begins as if all was read.
      {
        name: 'idx_conversation_members_read_seq',
        key: { conversation_id: 1, active: 1, read_seq: 1, joined_seq: 1 },
      },
      {
        name: 'idx_conversation_members_receipts_due',
        key: { conversation_id: 1 },
        partialFilterExpression: { receipts_due: true },
      },
    ]);
  },

  async down(db) {
    await db.dropCollection('conversation_members');
    await db.dropCollection('conversations');
  },
};
