import { ArrayMaxSize, IsEmail, IsIn, IsInt, IsOptional, IsUUID, MaxLength, Min } from 'class-validator';
import { declarationOf, declaredFacts, type FactClass, type FactDeclaration } from './fact.js';
import { Nested, Nullable } from './rules.js';
import { closed, schemaOf } from './schema.js';
import { UserCreated } from './user.facts.js';

function schemaFor(payload: FactClass) {
  const declaration: FactDeclaration = {
    type: 'thing.made',
    topic: 'thing',
    kind: 'stream',
    producers: ['post-service'],
    key: () => '1',
    payload,
    schemaId: 'urn:plaza:fact:thing.made',
  };
  return schemaOf(declaration);
}

class Part {
  @IsInt() @Min(1) size: number;
}

class Thing {
  @IsUUID() id: string;
  @Nullable() @MaxLength(10) note: string | null;
  @Nullable() @IsIn(['A', 'B']) grade: string | null;
  @IsOptional() @IsInt() weight?: number;
  @Nested(() => Part) main: Part;
  @ArrayMaxSize(4) @Nested(() => Part, { list: true }) parts: Part[];
}

it('says what is required, what may be null and what may be absent', () => {
  const { properties, required } = schemaFor(Thing);
  expect(required).toEqual(['id', 'note', 'grade', 'main', 'parts']);
  expect(properties?.note).toEqual({ type: ['string', 'null'], maxLength: 10 });
  expect(properties?.grade).toEqual({ type: ['string', 'null'], enum: ['A', 'B', null] });
  expect(properties?.weight).toEqual({ type: 'integer' });
});

it('writes nested objects and lists of them out', () => {
  const part = { type: 'object', properties: { size: { type: 'integer', minimum: 1 } }, required: ['size'] };
  expect(schemaFor(Thing).properties?.main).toMatchObject(part);
  expect(schemaFor(Thing).properties?.parts).toMatchObject({ type: 'array', maxItems: 4, items: part });
});

it('lists inherited fields before those of the subclass', () => {
  class BetterThing extends Part {
    @IsInt() age: number;
  }
  expect(Object.keys(schemaFor(BetterThing).properties ?? {})).toEqual(['size', 'age']);
});

it('refuses a rule that JSON Schema can not say, because nobody would enforce it', () => {
  class Mail {
    @IsEmail() to: string;
  }
  expect(() => schemaFor(Mail)).toThrow('Mail.to: rule isEmail has no exact counterpart in JSON Schema');
});

it('publishes open schemas, so that readers accept fields of the future, and closes every object of the strict ones', () => {
  const schema = schemaOf(declarationOf(UserCreated));
  expect(JSON.stringify(schema)).not.toContain('additionalProperties');
  expect(closed(schema)).toMatchObject({
    additionalProperties: false,
    properties: { audience: { additionalProperties: false } },
  });
});

it('has a schema for every declared fact', () => {
  for (const declaration of declaredFacts()) {
    expect(schemaOf(declaration)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: declaration.schemaId,
      type: 'object',
    });
  }
});
