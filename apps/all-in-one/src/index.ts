export { type Platform, startPlatform } from './platform.js';
export { services } from './services.js';
