import { ensureCollection, fields, type MongoMigration } from '@plaza/kafka';

const number = ['int', 'long', 'double'];

export const createMessages: MongoMigration = {
  name: '20261125T1210-create-messages',

  async up(db) {
    await ensureCollection(db, 'messages', {
      validator: fields({
        _id: 'string',
        conversation_id: 'string',
        seq: number,
        sender_id: 'string',
        type: { enum: ['TEXT', 'IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT', 'EMOTION', 'SYSTEM'] },
        content: ['string', 'null'],
        reply_to: ['object', 'null'],
        thread_id: ['string', 'null'],
        mentions: 'array',
        metadata: ['object', 'null'],
        emotions: 'object',
        edited_at: ['date', 'null'],
        deleted_at: ['date', 'null'],
        pinned_at: ['date', 'null'],
        created_at: 'date',
      }),
    });
    await db.collection('messages').createIndexes([
      { name: 'uq_messages_conversation_id_seq', key: { conversation_id: 1, seq: 1 }, unique: true },
      // One's own messages do not count as unread: they are counted here, without being read.
      { name: 'idx_messages_sender_id', key: { sender_id: 1, conversation_id: 1, seq: 1 } },
      {
        // In this order the client ids of many senders are looked up at once without a search for each pair.
        name: 'uq_messages_client_id',
        key: { client_id: 1, sender_id: 1 },
        unique: true,
        partialFilterExpression: { client_id: { $exists: true } },
      },
      // Nor do deleted ones. Each of these holds only the few messages that it is for, so a send pays nothing for it.
      {
        name: 'idx_messages_deleted',
        key: { conversation_id: 1, seq: 1, sender_id: 1, deleted_at: 1 },
        // A comparison, unlike a `$type`, is answered from the index alone.
        partialFilterExpression: { deleted_at: { $gt: new Date(0) } },
      },
      {
        name: 'idx_messages_pinned',
        key: { conversation_id: 1, pinned_at: -1 },
        partialFilterExpression: { pinned_at: { $type: 'date' } },
      },
      {
        name: 'idx_messages_thread_id',
        key: { thread_id: 1, seq: 1 },
        partialFilterExpression: { thread_id: { $type: 'string' } },
      },
      // The words of each conversation by themselves: what others say elsewhere makes no search slower.
      {
        name: 'txt_messages_content',
        key: { conversation_id: 1, content: 'text' },
        default_language: 'none',
        language_override: 'no_such_field',
      },
    ]);
    await ensureCollection(db, 'message_edits', {
      validator: fields({
        _id: 'string',
        message_id: 'string',
        conversation_id: 'string',
        content: 'string',
        replaced_at: 'date',
      }),
    });
    await db
      .collection('message_edits')
      .createIndex({ message_id: 1, _id: 1 }, { name: 'idx_message_edits_message_id' });
    await ensureCollection(db, 'hidden_messages', {
      validator: fields({
        _id: 'string',
        user_id: 'string',
        conversation_id: 'string',
        message_id: 'string',
        seq: number,
        counts: 'bool',
      }),
    });
    await db.collection('hidden_messages').createIndexes([
      { name: 'idx_hidden_messages_user_id', key: { user_id: 1, conversation_id: 1, seq: 1, counts: 1 } },
      { name: 'idx_hidden_messages_message_id', key: { message_id: 1 } },
    ]);
    await ensureCollection(db, 'emotions', {
      validator: fields({
        _id: 'string',
        message_id: 'string',
        conversation_id: 'string',
        user_id: 'string',
        emotion: { enum: ['LIKE', 'LOVE', 'LAUGH', 'SAD', 'ANGRY', 'WOW'] },
        created_at: 'date',
      }),
    });
    await db
      .collection('emotions')
      .createIndex({ message_id: 1, emotion: 1, _id: 1 }, { name: 'idx_emotions_message_id' });
  },

  async down(db) {
    for (const name of ['emotions', 'hidden_messages', 'message_edits', 'messages']) await db.dropCollection(name);
  },
};
