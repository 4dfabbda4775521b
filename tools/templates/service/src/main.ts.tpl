import { runService } from '@plaza/service-kit';
import { {{variable}} } from './app.js';

await runService({{variable}});
