import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface TestServers {
  postgresUrl: string;
  kafkaBrokers: string;
  mongodbUrl: string;
}

/**
 * The servers that this run's tests use: those of the environment, or the ones that `npm run test:servers` keeps up.
 * @throws Error when there are none
 */
export function testServers(): TestServers {
  const { PLAZA_POSTGRES_URL, PLAZA_KAFKA_BROKERS, PLAZA_MONGODB_URL } = process.env;
  if (PLAZA_POSTGRES_URL && PLAZA_KAFKA_BROKERS)
    return { postgresUrl: PLAZA_POSTGRES_URL, kafkaBrokers: PLAZA_KAFKA_BROKERS, mongodbUrl: PLAZA_MONGODB_URL ?? '' };
  return keptUp();
}

function keptUp(): TestServers {
  const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
  try {
    return JSON.parse(readFileSync(join(root, '.plaza/test/stack.json'), 'utf8')).urls;
  } catch (error) {
    throw new Error('No servers for tests. Run `npm test`, or keep them up with `npm run test:servers`.', {
      cause: error,
    });
  }
}
