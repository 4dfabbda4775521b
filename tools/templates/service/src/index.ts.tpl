export { {{variable}} } from './app.js';
