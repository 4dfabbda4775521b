export { type Platform, type Servers, type ServiceDatabase, startPlatform, type Topology } from './platform.js';
export { entryOf, PlatformProcess } from './processes.js';
export { inParallel, pairsOf, register } from './workload.js';
