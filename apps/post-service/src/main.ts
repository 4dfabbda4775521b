import { runService } from '@plaza/service-kit';
import { postService } from './app.js';

await runService(postService);
