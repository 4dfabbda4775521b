import { ensureCollection, fields, type MongoMigration } from '@plaza/kafka';

const types = fields({
  _id: 'string',
  username: ['string', 'null'],
  display_name: ['string', 'null'],
  avatar_url: ['string', 'null'],
  verified: 'bool',
  privacy_level: ['string', 'null'],
  account_status: ['string', 'null'],
  audience: ['object', 'null'],
  version: ['int', 'long', 'double'],
  deleted: 'bool',
  last_synced: 'date',
  created_at: 'date',
  updated_at: 'date',
});
const text = { $type: 'string' };
const nothing = { $type: 'null' };
const deleted = { deleted: true, username: nothing, display_name: nothing, avatar_url: nothing, audience: nothing };
const known = {
  deleted: false,
  username: text,
  display_name: text,
  privacy_level: text,
  account_status: text,
  audience: { $type: 'object' },
};

export const createUserCache: MongoMigration = {
  name: '20261125T1100-create-user-cache',

  async up(db) {
    await ensureCollection(db, 'user_cache', { validator: { ...types, $or: [deleted, known] } });
  },

  async down(db) {
    await db.dropCollection('user_cache');
  },
};
