import { createLogger, migrateBackAndForth } from '@plaza/service-kit';
import { createTestDatabase } from '@plaza/testing';
import { postService } from '../src/index.js';

it('takes every migration back and does it again, to the same', async () => {
  const database = await createTestDatabase();
  const logger = createLogger({ service: 'post-service', level: 'silent' });
  const { database: definition } = postService;
  if (!definition) throw new Error('post-service has a database');
  try {
    const { up, left, again } = await migrateBackAndForth(database.url, definition, logger);
    expect(up).toContain('r timeline_entries');
    expect(left).toEqual([]);
    expect(again).toEqual(up);
  } finally {
    await database.drop();
  }
});
