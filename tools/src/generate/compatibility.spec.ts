import { incompatibilities } from './compatibility.js';
import { type FactSchema, factSchemas } from './schema-files.js';

/** The facts as declared, where user.created was changed by `edit`. */
function changed(edit: (schema: FactSchema & Required<Pick<FactSchema, 'properties' | 'required'>>) => void) {
  const schemas = structuredClone(factSchemas());
  edit(schemas.get('user.created') as FactSchema & Required<Pick<FactSchema, 'properties' | 'required'>>);
  return schemas;
}

const after = (edit: Parameters<typeof changed>[0]) => incompatibilities(factSchemas(), changed(edit));

describe('compatible', () => {
  it('is a fact that did not change, and a new one', () => {
    expect(after(() => {})).toEqual([]);
    const before = factSchemas();
    before.delete('follow.created');
    expect(incompatibilities(before, factSchemas())).toEqual([]);
  });

  it('is an added optional field, also within an object', () => {
    expect(after(({ properties }) => Object.assign(properties, { pronouns: { type: 'string' } }))).toEqual([]);
    expect(
      after(({ properties }) => Object.assign(properties.audience?.properties ?? {}, { poke: { type: 'string' } })),
    ).toEqual([]);
  });

  it('is a better description and another order of values', () => {
    expect(
      after((schema) => {
        schema.title = 'Somebody new';
        schema.properties.privacyLevel?.enum?.reverse();
      }),
    ).toEqual([]);
  });
});

describe('incompatible', () => {
  it.each<[string, Parameters<typeof changed>[0], string]>([
    ['a removed field', (it) => delete it.properties.username, 'user.created: field username was removed'],
    [
      'a new required field',
      (it) => {
        it.properties.age = { type: 'integer' };
        it.required.push('age');
      },
      'user.created: field age is new and required; a new field must be optional',
    ],
    [
      'a field that may now be absent',
      (it) => it.required.splice(it.required.indexOf('verified'), 1),
      'user.created: field verified became optional; consumers rely on it',
    ],
    [
      'another type',
      (it) => Object.assign(it.properties.verified ?? {}, { type: 'string' }),
      'user.created: field verified changed its type from "boolean" to "string"',
    ],
    [
      'null where there was none',
      (it) => Object.assign(it.properties.displayName ?? {}, { type: ['string', 'null'] }),
      'user.created: field displayName changed its type from "string" to ["null","string"]',
    ],
    [
      'a narrowed enum',
      (it) => it.properties.privacyLevel?.enum?.pop(),
      'user.created: field privacyLevel changed its enum from ["FRIENDS","PRIVATE","PUBLIC"] to ["FRIENDS","PUBLIC"]',
    ],
    [
      'a widened enum, which running consumers would park',
      (it) => it.properties.privacyLevel?.enum?.push('SECRET'),
      'user.created: field privacyLevel changed its enum from ["FRIENDS","PRIVATE","PUBLIC"] to ["FRIENDS","PRIVATE","PUBLIC","SECRET"]',
    ],
    [
      'a tightened constraint',
      (it) => Object.assign(it.properties.displayName ?? {}, { maxLength: 50 }),
      'user.created: field displayName changed its maxLength from 100 to 50',
    ],
    [
      'a field removed from an object within',
      (it) => delete it.properties.audience?.properties?.tag,
      'user.created: field audience.tag was removed',
    ],
    [
      'another topic',
      (it) => Object.assign(it['x-fact'], { topic: 'user' }),
      'user.created: its topic changed from user.created to user',
    ],
    [
      'another key',
      (it) => Object.assign(it['x-fact'], { key: '{username}' }),
      'user.created: its key changed from {id} to {username}',
    ],
    [
      'another kind of topic',
      (it) => Object.assign(it['x-fact'], { kind: 'stream' }),
      'user.created: its kind changed from state to stream',
    ],
  ])('is %s', (_, edit, problem) => {
    expect(after(edit)).toContain(problem);
  });

  it('is a fact that is gone', () => {
    const now = factSchemas();
    now.delete('user.created');
    expect(incompatibilities(factSchemas(), now)).toEqual([expect.stringContaining('user.created: the fact is gone')]);
  });

  it('is a change within the items of a list', () => {
    const list = (items: object) =>
      new Map([['a', { 'x-fact': { type: 'a' }, properties: { tags: { items } } } as never]]);
    expect(incompatibilities(list({ type: 'string' }), list({ type: 'integer' }))).toEqual([
      'a: field tags[] changed its type from "string" to "integer"',
    ]);
  });
});
