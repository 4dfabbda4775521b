import { type RunningService, startService } from '@plaza/service-kit';
import { eventually, testServers } from '@plaza/testing';
import type { ServiceUnderTest } from '@plaza/testing/service';
import { messagingService } from '../src/index.js';

/** Another instance of the service, on the same database and the same topics. */
export async function secondInstance(first: ServiceUnderTest, env: NodeJS.ProcessEnv = {}): Promise<RunningService> {
  const { kafkaBrokers, mongodbUrl } = testServers();
  const second = await startService(messagingService, {
    env: {
      PLAZA_KAFKA_BROKERS: kafkaBrokers,
      PLAZA_MONGODB_URL: mongodbUrl,
      PLAZA_KAFKA_PREFIX: first.prefix,
      PLAZA_LOG_LEVEL: 'error',
      PLAZA_POOL_SIZE: '8',
      PLAZA_MESSAGING_SERVICE_DATABASE_URL: first.databaseUrl,
      PLAZA_MESSAGING_SERVICE_PORT: '0',
      ...env,
    },
  });
  await eventually(async () => expect(await second.readiness()).toMatchObject({ started: true }), { withinMs: 30_000 });
  return second;
}
