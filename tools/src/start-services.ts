// `npm run start:services`: the same platform as a process per service, with HTTP between them.
import { launch } from './launch/launch.js';

await launch('services');
