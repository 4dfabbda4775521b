import { runService } from '@plaza/service-kit';
import { userService } from './app.js';

await runService(userService);
