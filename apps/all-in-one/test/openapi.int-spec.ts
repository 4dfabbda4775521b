import { freePort } from '@plaza/embedded';
import {
  createMongoDatabase,
  createTestDatabase,
  deleteTopics,
  kafkaPrefix,
  PlazaClient,
  type TestDatabase,
  testServers,
} from '@plaza/testing';
import { Validator } from '@seriousme/openapi-schema-validator';
import { type Platform, startPlatform } from '../src/platform.js';
import { services } from '../src/services.js';

interface Answer {
  description: string;
  content?: Record<string, { schema: { $ref?: string } }>;
}

interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  responses: Record<string, Answer>;
}

interface Document extends Record<string, unknown> {
  paths: Record<string, Record<string, Operation>>;
}

const prefix = kafkaPrefix();
let databases: Array<Pick<TestDatabase, 'url' | 'drop'>> = [];
let platform: Platform | undefined;
let document: Document;

beforeAll(async () => {
  databases = await Promise.all(services.map(({ mongo }) => (mongo ? createMongoDatabase() : createTestDatabase())));
  const port = String(await freePort());
  platform = await startPlatform(settings(port));
  document = (await new PlazaClient(`http://127.0.0.1:${port}`).request<Document>('GET', '/openapi.json')).body;
});
afterAll(async () => {
  await platform?.stop();
  await Promise.all([...databases.map((database) => database.drop()), deleteTopics(prefix)]);
});

function settings(port: string): NodeJS.ProcessEnv {
  const { postgresUrl, kafkaBrokers } = testServers();
  const urls = services.map(({ name }, i) => [
    `PLAZA_${name.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`,
    databases[i]?.url,
  ]);
  return {
    PLAZA_POSTGRES_URL: postgresUrl,
    PLAZA_KAFKA_BROKERS: kafkaBrokers,
    PLAZA_KAFKA_PREFIX: prefix,
    PLAZA_PORT: port,
    PLAZA_LOG_LEVEL: 'silent',
    ...Object.fromEntries(urls),
  };
}

const operations = () => Object.values(document.paths).flatMap((item) => Object.values(item));

/** Names of the operations of which `isFine` does not hold. */
const operationsBut = (isFine: (operation: Operation) => boolean) =>
  operations().flatMap((operation) => (isFine(operation) ? [] : [operation.operationId]));

const answersOf = ({ responses }: Operation, status: RegExp) =>
  Object.entries(responses).flatMap(([code, answer]) => (status.test(code) ? [answer] : []));

it('is valid OpenAPI 3.1, and no service is missing', async () => {
  const validator = new Validator();
  expect(await validator.validate(document)).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  expect(document['x-plaza-missing']).toEqual([]);
});

it('gives every operation a name of its own, a summary and a tag, for the methods of a generated client', () => {
  const names = operations().map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
  expect(operationsBut(({ summary, tags }) => Boolean(summary) && tags?.length === 1)).toEqual([]);
});

it('gives every answer that has a body a schema with a name, for the types of a generated client', () => {
  const isNamed = ({ content }: Answer) => Boolean(content?.['application/json']?.schema.$ref);
  const unnamed = operationsBut((operation) => answersOf(operation, /^2(?!04)/).every(isNamed));
  const withBody204 = operationsBut((operation) => answersOf(operation, /^204/).every(({ content }) => !content));
  expect({ unnamed, withBody204 }).toEqual({ unnamed: [], withBody204: [] });
});

it('answers whatever goes wrong with the one schema of problems', () => {
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  const others = operationsBut((operation) =>
    answersOf(operation, /^[45]/).every(({ content }) => JSON.stringify(content) === JSON.stringify(problem)),
  );
  expect(others).toEqual([]);
});
