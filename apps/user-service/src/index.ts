export { userService } from './app.js';
