import { defineService } from './definition.js';

it('refuses a service with two databases', () => {
  const twofold = {
    name: 'event-service' as const,
    description: 'Undecided',
    settings: {},
    module: () => class Nothing {},
    database: { entities: [], migrations: [] },
    mongo: { migrations: [] },
  };
  expect(() => defineService(twofold)).toThrow('event-service is declared with two databases');
});
