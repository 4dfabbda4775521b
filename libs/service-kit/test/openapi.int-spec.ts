import { type Sample, startSample } from './sample/start-sample.js';

interface Operation {
  operationId: string;
  security: object[];
  parameters: Array<{ name: string; in: string; required: boolean; schema: object }>;
  requestBody?: object;
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: object };
}

let sample: Sample;
let document: Document;

beforeAll(async () => {
  sample = await startSample();
  document = JSON.parse(await (await fetch(`${sample.url}/openapi.json`)).text());
});
afterAll(() => sample?.end());

const operation = (method: string, path: string): Operation | undefined => document.paths[path]?.[method];

it('is OpenAPI 3.1 and leaves out what is for those who run the service, and for consumers', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).not.toContain('/health');
  expect(Object.keys(document.components.schemas).sort()).toEqual([
    'Color',
    'CreateThing',
    'PartDto',
    'Problem',
    'ThingView',
    'ThingViewPage',
    'ThingsWishes',
  ]);
});

it('describes bodies by the rules of their class, nested ones too, and closed', () => {
  expect(operation('post', '/v1/things')?.requestBody).toMatchObject({
    content: { 'application/json': { schema: { $ref: '#/components/schemas/CreateThing' } } },
  });
  expect(document.components.schemas.CreateThing).toEqual({
    type: 'object',
    additionalProperties: false,
    required: ['id', 'name'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      name: { type: 'string', minLength: 1, maxLength: 20 },
      origin: { type: ['string', 'null'], description: 'Where it comes from' },
      email: { type: ['string', 'null'], format: 'email' },
      parts: { type: ['array', 'null'], items: { $ref: '#/components/schemas/PartDto' } },
    },
  });
  expect(document.components.schemas.PartDto).toMatchObject({
    additionalProperties: false,
    properties: {
      count: { type: 'integer', minimum: 1, maximum: 9 },
      color: { type: 'string', enum: ['RED', 'BLUE'] },
    },
  });
});

it('describes answers by the rules of their class, open to fields to come', () => {
  expect(operation('get', '/v1/things/{id}')?.responses['200']).toMatchObject({
    content: { 'application/json': { schema: { $ref: '#/components/schemas/ThingView' } } },
  });
  expect(document.components.schemas.ThingView).toEqual({
    type: 'object',
    required: ['color', 'id', 'name', 'note'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      name: { type: 'string' },
      note: { type: ['string', 'null'] },
      color: { $ref: '#/components/schemas/Color', description: 'Outside' },
    },
  });
});

it('gives pages a name of their own', () => {
  expect(operation('get', '/v1/things')?.responses['200']).toMatchObject({
    content: { 'application/json': { schema: { $ref: '#/components/schemas/ThingViewPage' } } },
  });
  expect(document.components.schemas.ThingViewPage).toMatchObject({
    required: ['items', 'nextCursor'],
    properties: {
      items: { type: 'array', items: { $ref: '#/components/schemas/ThingView' } },
      nextCursor: { type: ['string', 'null'] },
    },
  });
});

it('describes the parameters of queries and paths, with their defaults', () => {
  expect(operation('get', '/v1/things')?.parameters).toEqual([
    { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 } },
    { name: 'q', in: 'query', required: false, schema: { type: 'string' } },
  ]);
  expect(operation('get', '/v1/things/{id}')?.parameters).toEqual([
    { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
  ]);
});

it('names the problems that a route has of its own and those that every route has', () => {
  const { responses = {} } = operation('post', '/v1/things') ?? {};
  expect(Object.keys(responses)).toEqual(['201', '400', '408', '409', '413', '415', '422', '429', '500', '503']);
  expect(responses['409']).toMatchObject({
    description: 'NAME_TAKEN',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });
});

it('asks for a token where the route does', () => {
  expect(document.components.securitySchemes).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
  expect(operation('get', '/v1/private')).toMatchObject({
    security: [{ bearer: [] }],
    responses: { 401: {}, 403: {} },
  });
  expect(operation('get', '/v1/things')?.security).toEqual([]);
});

it('names operations as a generated client would call them', () => {
  const ids = Object.values(document.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  );
  expect(ids).toContain('thingsFind');
  expect(new Set(ids).size).toBe(ids.length);
});
