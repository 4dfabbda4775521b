import { runService } from '@plaza/service-kit';
import { socialService } from './app.js';

await runService(socialService);
