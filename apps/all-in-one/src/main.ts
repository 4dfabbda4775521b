import { runProcess } from '@plaza/service-kit';
import { startPlatform } from './platform.js';

await runProcess('all-in-one', (options) => startPlatform(process.env, options));
