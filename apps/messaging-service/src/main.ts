import { runService } from '@plaza/service-kit';
import { messagingService } from './app.js';

await runService(messagingService);
