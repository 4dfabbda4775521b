import { defineService } from '@plaza/service-kit';
import { AppModule } from './app.module.js';
import { userSettings } from './config.js';
import { entities, migrations } from './database.js';
import { republishSources } from './republish-sources.js';

export const userService = defineService({
  name: 'user-service',
  description: 'Accounts, profiles, sessions and the keys that sign access tokens',
  settings: userSettings,
  module: () => AppModule,
  database: { entities, migrations },
  republish: republishSources,
});
