export { type ActorData, actors, userState } from './actors.js';
export { Actor, type Answer, type Person, PlazaClient, type RequestOptions } from './client.js';
export { createTestDatabase, type TestDatabase, type TestDatabaseOptions } from './databases.js';
export { eventually } from './eventually.js';
export { inParallel } from './in-parallel.js';
export { deleteTopics, kafkaPrefix, withKafkaAdmin } from './kafka.js';
export { createMongoDatabase, type TestMongoDatabase } from './mongo-databases.js';
export { type TestServers, testServers } from './servers.js';
export { type SettleOptions, settle } from './settle.js';
