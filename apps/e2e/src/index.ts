export { inParallel } from '@plaza/testing';
export { rows } from './checker.js';
export { type Platform, type Servers, startPlatform, type Topology } from './platform.js';
export { entryOf, PlatformProcess } from './processes.js';
export type { ServiceDatabase } from './services.js';
export { Talker } from './talker.js';
export { Wire } from './wire.js';
export { pairsOf, register } from './workload.js';
