import { runService } from '@plaza/service-kit';
import { apiGateway } from './app.js';

await runService(apiGateway);
