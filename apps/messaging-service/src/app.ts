import { defineService } from '@plaza/service-kit';
import { userCacheMongoMigrations } from '@plaza/user-cache';
import { AppModule } from './app.module.js';
import { messagingSettings } from './config.js';
import { createConversations } from './migrations/20261125T1200-create-conversations.js';
import { createMessages } from './migrations/20261125T1210-create-messages.js';
import { createRelations } from './migrations/20261125T1220-create-relations.js';
import { createPresence } from './migrations/20261125T1230-create-presence.js';
import { createDueWork } from './migrations/20261125T1240-create-due-work.js';

export const messagingService = defineService({
  name: 'messaging-service',
  description: 'Conversations, messages, who has read them, and who is there',
  settings: messagingSettings,
  module: () => AppModule,
  mongo: {
    migrations: [
      ...userCacheMongoMigrations,
      createConversations,
      createMessages,
      createRelations,
      createPresence,
      createDueWork,
    ],
  },
});
