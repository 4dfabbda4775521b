export { postService } from './app.js';
