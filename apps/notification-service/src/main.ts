import { runService } from '@plaza/service-kit';
import { notificationService } from './app.js';

await runService(notificationService);
