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
    // Who has blocked whom is looked up by id; whom somebody has blocked, or is blocked by, here.
    await db.collection('blocks').createIndexes([
      { name: 'idx_blocks_blocker_id', key: { blocker_id: 1, active: 1, blocked_id: 1 } },
      { name: 'idx_blocks_blocked_id', key: { blocked_id: 1, active: 1, blocker_id: 1 } },
    ]);
    await ensureCollection(db, 'friendships', {
      validator: fields({ _id: 'string', active: 'bool', version: number }),
    });
  },

  async down(db) {
    await db.dropCollection('friendships');
    await db.dropCollection('blocks');
  },
};
