import { ensureCollection, fields, type MongoMigration } from '@plaza/kafka';

const number = ['int', 'long', 'double'];

export const createRelations: MongoMigration = {
  name: '20261125T1220-create-relations',

  async up(db) {
    await ensureCollection(db, 'blocks', {
      validator: fields({
        _id: 'string',
        blocker_id: 'string',
        blocked_id: 'string',
        active: 'bool',
        version: number,
      }),
    });
    await ensureCollection(db, 'friendships', {
      validator: fields({ _id: 'string', active: 'bool', version: number }),
    });
  },

  async down(db) {
    await db.dropCollection('friendships');
    await db.dropCollection('blocks');
  },
};
