export { notificationService } from './app.js';
