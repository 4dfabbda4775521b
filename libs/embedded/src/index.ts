export { holderOf } from './lock.js';
export { checkout, deleteData } from './places.js';
export { developmentPorts, freePort, freePorts, type StackPorts } from './ports.js';
export { endWithUs, hasEnded } from './reaper.js';
export type { Server, ServerExit, ServerName } from './server.js';
export { type Stack, type StackOptions, type StackUrls, startStack } from './stack.js';
export { StackError } from './stack-error.js';
export { announcedStack, announceStack } from './stack-file.js';
export { stopRequested } from './stop-requested.js';
