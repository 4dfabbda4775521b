export { socialService } from './app.js';
