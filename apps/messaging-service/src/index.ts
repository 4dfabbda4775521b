export { messagingService } from './app.js';
