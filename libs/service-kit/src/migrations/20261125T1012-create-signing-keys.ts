import { ensureCollection, fields, type MongoMigration } from '@plaza/kafka';

export const createSigningKeys: MongoMigration = {
  name: '20261125T1012-create-signing-keys',

  async up(db) {
    await ensureCollection(db, 'signing_keys', {
      validator: fields({
        _id: 'string',
        public_jwk: 'object',
        signs_from: 'date',
        accepted_until: ['date', 'null'],
        version: ['int', 'long', 'double'],
        created_at: 'date',
        updated_at: 'date',
      }),
    });
  },

  async down(db) {
    await db.dropCollection('signing_keys');
  },
};
