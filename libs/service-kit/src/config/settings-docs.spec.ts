import { defineService } from '../service/definition.js';
import { secrets, text, whole } from './settings.js';
import { settingsDocs } from './settings-docs.js';

class NoModule {}

const users = defineService({
  name: 'user-service',
  description: 'Accounts',
  settings: {
    queue: whole('PLAZA_QUEUE', { desc: 'How many may wait', default: 60, min: 1, max: 99 }),
    sealing: secrets('PLAZA_SEAL', { desc: 'Seals', default: [Buffer.alloc(32).toString('base64')] }),
    sender: text('PLAZA_SENDER', { desc: 'Who sends' }),
  },
  module: () => NoModule,
  database: { entities: [], migrations: [] },
});
const social = defineService({
  name: 'social-service',
  description: 'Follows',
  settings: {},
  module: () => NoModule,
  database: { entities: [], migrations: [] },
});

describe('docs/settings.md', () => {
  const docs = settingsDocs([users, social]);
  const part = (title: string) => docs.split(/^## /m).find((section) => section.startsWith(title)) ?? '';

  it('names what all services share once', () => {
    expect(part('All services')).toContain('`PLAZA_LOG_LEVEL`');
    expect(docs.match(/`PLAZA_LOG_LEVEL`/g)).toHaveLength(1);
  });

  it("tells a service's own settings with their values and defaults", () => {
    expect(part('user-service')).toContain('| `PLAZA_QUEUE` | How many may wait | whole number 1 to 99 | `60` |');
    expect(part('user-service')).toContain('`PLAZA_USER_SERVICE_PORT`');
    expect(part('social-service')).not.toContain('PLAZA_QUEUE');
  });

  it('says what must be set, and shows no secret', () => {
    expect(part('user-service')).toContain('| `PLAZA_SENDER` | Who sends | text | none: it must be set |');
    expect(part('user-service')).toContain('| for development alone |');
    expect(docs).not.toContain('AAAAAAAA');
  });
});
