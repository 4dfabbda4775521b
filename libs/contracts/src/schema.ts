import * as rules from 'class-validator';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import type { FactClass, FactDeclaration } from './fact.js';
import { nestedRule } from './rules.js';

/** As much of JSON Schema 2020-12 as facts use. */
export interface JsonSchema {
  $schema?: string;
  $id?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean;
  items?: JsonSchema;
  enum?: unknown[];
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

// A rule that JSON Schema can't say would be written down and enforced by nobody, so only these are allowed in facts.
const translatable = new Set<string | undefined>([
  rules.ValidationTypes.NESTED_VALIDATION,
  rules.ValidationTypes.CONDITIONAL_VALIDATION,
  rules.IS_STRING,
  rules.IS_BOOLEAN,
  rules.IS_OBJECT,
  rules.IS_INT,
  rules.IS_NUMBER,
  rules.IS_IN,
  rules.EQUALS,
  rules.IS_UUID,
  rules.IS_RFC_3339,
  rules.MATCHES,
  rules.MIN,
  rules.MAX,
  rules.IS_LENGTH,
  rules.MIN_LENGTH,
  rules.MAX_LENGTH,
  rules.IS_ARRAY,
  rules.ARRAY_MIN_SIZE,
  rules.ARRAY_MAX_SIZE,
]);

const options = {
  additionalConverters: { [rules.IS_RFC_3339]: { type: 'string', format: 'date-time' } as const },
};

/** The JSON Schema (2020-12) of a fact's payload, as published: open, because readers must tolerate fields added later. */
export function schemaOf(declaration: FactDeclaration): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: declaration.schemaId,
    title: declaration.payload.name,
    ...objectSchema(declaration.payload),
  };
}

/** The same schema where every object refuses (or, for readers, drops) unknown fields. */
export function closed(schema: JsonSchema): JsonSchema {
  const result = { ...schema };
  if (schema.items) result.items = closed(schema.items);
  if (schema.properties) {
    result.properties = mapValues(schema.properties, closed);
    result.additionalProperties = false;
  }
  return result;
}

function objectSchema(payload: FactClass): JsonSchema {
  refuseUntranslatable(payload);
  const derived = targetConstructorToSchema(payload, options) as JsonSchema & { properties?: Record<string, Derived> };
  const properties = Object.entries(derived.properties ?? {}).sort(([a], [b]) => declarationOrder(payload, a, b));
  const nullable = properties.filter(([, property]) => property.nullable).map(([name]) => name);
  const required = new Set([...(derived.required ?? []), ...nullable]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties.map(([name, it]) => [name, propertySchema(payload, name, it)])),
    required: properties.map(([name]) => name).filter((name) => required.has(name)),
  };
}

type Derived = JsonSchema & { nullable?: boolean };

function propertySchema(payload: FactClass, name: string, derived: Derived): JsonSchema {
  const { nullable, ...schema } = derived;
  const nested = nestedRule(payload, name);
  const inner = nested ? objectSchema(nested.type()) : schema;
  const result = nested?.list ? { ...schema, type: 'array', items: inner } : inner;
  if (!nullable) return result;
  // OpenAPI's `nullable` means nothing in JSON Schema: there null is one of the types.
  const withNull = { ...result, type: [String(result.type), 'null'] };
  return result.enum ? { ...withNull, enum: [...result.enum, null] } : withNull;
}

function refuseUntranslatable(payload: FactClass): void {
  for (const { name, type, propertyName } of metadataOf(payload)) {
    if (translatable.has(name ?? type) || translatable.has(type)) continue;
    throw new Error(`${payload.name}.${propertyName}: rule ${name ?? type} has no exact counterpart in JSON Schema`);
  }
}

// A subclass's own fields come first in the metadata; the schema reads better with the inherited ones in front.
function declarationOrder(payload: FactClass, a: string, b: string): number {
  const depth = (name: string) =>
    metadataOf(payload).some((it) => it.propertyName === name && it.target !== payload) ? 0 : 1;
  return depth(a) - depth(b);
}

function metadataOf(payload: FactClass): ReturnType<rules.MetadataStorage['getTargetValidationMetadatas']> {
  return rules.getMetadataStorage().getTargetValidationMetadatas(payload, '', true, false);
}

function mapValues<V, R>(values: Record<string, V>, map: (value: V) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}
