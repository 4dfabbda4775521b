import { declaredFacts, type FactDeclaration, type JsonSchema, schemaOf } from '@plaza/contracts';
import { keyShape } from './catalogue.js';

export const schemaFolder = 'libs/contracts/schemas';

/** A fact's JSON Schema with what else a consumer relies on. */
export interface FactSchema extends JsonSchema {
  'x-fact': { type: string; topic: string; kind: string; key: string };
}

/** The schemas of all declared facts, by type. */
export function factSchemas(): Map<string, FactSchema> {
  return new Map(declaredFacts().map((it) => [it.type, factSchema(it)]));
}

export function factSchema(declaration: FactDeclaration): FactSchema {
  const { type, topic, kind } = declaration;
  const { $schema, $id, title, ...rest } = schemaOf(declaration);
  return { $schema, $id, title, 'x-fact': { type, topic, kind, key: keyShape(declaration) }, ...rest };
}

export function schemaPath(type: string): string {
  return `${schemaFolder}/${type}.json`;
}
