import { createTestDatabase, deleteTopics, kafkaPrefix, testServers } from '@plaza/testing';
import { type RunningService, type StartOptions, startService } from '../../src/index.js';
import { sampleService } from './sample.js';

export interface Sample {
  service: RunningService;
  url: string;
  databaseUrl: string;
  /** Stops the service and removes what it left. */
  end(): Promise<void>;
}

/** The settings of a sample service that leaves others alone: a database and a prefix of its own, any free port. */
export function sampleEnv(databaseUrl: string, prefix: string): NodeJS.ProcessEnv {
  return {
    PLAZA_POST_SERVICE_DATABASE_URL: databaseUrl,
    PLAZA_POST_SERVICE_PORT: '0',
    PLAZA_KAFKA_BROKERS: testServers().kafkaBrokers,
    PLAZA_KAFKA_PREFIX: prefix,
    PLAZA_LOG_LEVEL: 'fatal',
    PLAZA_POOL_SIZE: '2',
    PLAZA_BODY_LIMIT: '2048',
  };
}

/** Starts the sample service on the test servers. */
export async function startSample(
  env: NodeJS.ProcessEnv = {},
  options: StartOptions = {},
  reach: (databaseUrl: string) => string = (url) => url,
): Promise<Sample> {
  const database = await createTestDatabase();
  const prefix = kafkaPrefix();
  const service = await startService(sampleService, {
    ...options,
    env: { ...sampleEnv(reach(database.url), prefix), ...env },
  });
  const end = async () => {
    await service.stop();
    await Promise.all([database.drop(), deleteTopics(prefix)]);
  };
  return { service, url: service.url ?? '', databaseUrl: database.url, end };
}
