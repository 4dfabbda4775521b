import { createLogger, migrateBackAndForth } from '@plaza/service-kit';
import { createTestDatabase } from '@plaza/testing';
import { notificationService } from '../src/index.js';

it('takes every migration back and does it again, to the same', async () => {
  const database = await createTestDatabase();
  const logger = createLogger({ service: 'notification-service', level: 'silent' });
  const { database: definition } = notificationService;
  if (!definition) throw new Error('notification-service has a database');
  try {
    const { up, left, again } = await migrateBackAndForth(database.url, definition, logger);
    expect(up).toContain('p notifications');
    expect(left).toEqual([]);
    expect(again).toEqual(up);
  } finally {
    await database.drop();
  }
});
