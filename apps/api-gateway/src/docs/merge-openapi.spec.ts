import { mergeOpenApi, type OpenApiDocument } from './merge-openapi.js';

const reference = { $ref: '#/components/schemas/Session' };

function document(prefix: string, o: { schema?: object; scheme?: string } = {}): OpenApiDocument {
  const { schema = { type: 'object' }, scheme = 'bearer' } = o;
  const operation = {
    tags: ['sessions'],
    responses: { 200: { content: { 'application/json': { schema: reference } } } },
  };
  return {
    paths: { [`${prefix}/sessions`]: { get: operation }, '/v1/elsewhere': { get: {} } },
    components: { schemas: { Session: schema as never }, securitySchemes: { [scheme]: { type: 'http' } as never } },
    tags: [{ name: 'sessions' }],
    security: [{ [scheme]: [] }],
  };
}

describe('the merged document', () => {
  it('takes of each service only what is below its prefixes', () => {
    const merged = mergeOpenApi(new Map([['user-service', document('/v1/users')]]));
    expect(Object.keys(merged.paths)).toEqual(['/v1/users/sessions']);
  });

  it('has components once that are the same in all', () => {
    const merged = mergeOpenApi(
      new Map([
        ['user-service', document('/v1/users')],
        ['social-service', document('/v1/social')],
      ]),
    );
    expect(Object.keys(merged.components.schemas ?? {})).toEqual(['Session']);
    expect(merged.tags).toEqual([{ name: 'sessions' }]);
  });

  it('renames what differs, wherever it is meant', () => {
    const other = document('/v1/social', {
      schema: { type: 'object', discriminator: { mapping: { a: reference.$ref } } },
    });
    const merged = mergeOpenApi(
      new Map([
        ['user-service', document('/v1/users')],
        ['social-service', other],
      ]),
    );
    expect(merged.components.schemas).toMatchObject({
      Session: { type: 'object' },
      SocialSession: { discriminator: { mapping: { a: '#/components/schemas/SocialSession' } } },
    });
    const { get } = merged.paths['/v1/social/sessions'] as { get: { responses: object } };
    expect(JSON.stringify(get.responses)).toContain('#/components/schemas/SocialSession"');
  });

  it('says of each operation what its document said of all', () => {
    const merged = mergeOpenApi(new Map([['user-service', document('/v1/users')]]));
    expect(merged.paths['/v1/users/sessions']).toMatchObject({ get: { security: [{ bearer: [] }] } });
  });

  it('names the services that did not answer', () => {
    const merged = mergeOpenApi(
      new Map([
        ['user-service', document('/v1/users')],
        ['social-service', undefined],
      ]),
    );
    expect(merged['x-plaza-missing']).toEqual(['social-service']);
  });
});
