import type { JsonSchema } from '@plaza/contracts';
import type { FactSchema } from './schema-files.js';

// Both ends may be older than the other: a topic holds facts of years ago, and a running consumer knows yesterday's schema.
// So nothing but an added optional field is safe: a loosened rule makes old consumers park what they used to accept.
const rules = [
  'type',
  'enum',
  'format',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
] as const;

/**
 * What makes the new schemas unreadable for somebody who knows the old ones, or the reverse: one line each, naming fact and
 * field; empty when they are compatible.
 */
export function incompatibilities(before: Map<string, FactSchema>, now: Map<string, FactSchema>): string[] {
  return [...before].flatMap(([type, old]) => {
    const current = now.get(type);
    if (!current)
      return [`${type}: the fact is gone; stop publishing it first, and keep its declaration while consumers read it`];
    return [...movedTopic(type, old, current), ...changedFields(type, old, current)];
  });
}

function movedTopic(type: string, old: FactSchema, current: FactSchema): string[] {
  return (['topic', 'kind', 'key'] as const)
    .filter((what) => old['x-fact'][what] !== current['x-fact'][what])
    .map((what) => `${type}: its ${what} changed from ${old['x-fact'][what]} to ${current['x-fact'][what]}`);
}

function changedFields(type: string, old: JsonSchema, current: JsonSchema, prefix = ''): string[] {
  const names = new Set([...Object.keys(old.properties ?? {}), ...Object.keys(current.properties ?? {})]);
  return [...names].flatMap((name) => {
    const [was, is] = [old.properties?.[name], current.properties?.[name]];
    const field = `${type}: field ${prefix}${name}`;
    const required = current.required?.includes(name) ?? false;
    if (!was) return required ? [`${field} is new and required; a new field must be optional`] : [];
    if (!is) return [`${field} was removed`];
    const obligation = obligationChange(field, old.required?.includes(name) ?? false, required);
    return [...obligation, ...changedRules(field, was, is), ...changedWithin(type, was, is, `${prefix}${name}`)];
  });
}

function obligationChange(field: string, was: boolean, is: boolean): string[] {
  if (was === is) return [];
  return [is ? `${field} became required` : `${field} became optional; consumers rely on it`];
}

function changedRules(field: string, was: JsonSchema, is: JsonSchema): string[] {
  return rules
    .filter((rule) => shown(was[rule]) !== shown(is[rule]))
    .map((rule) => {
      return `${field} changed its ${rule} from ${shown(was[rule])} to ${shown(is[rule])}`;
    });
}

function changedWithin(type: string, was: JsonSchema, is: JsonSchema, name: string): string[] {
  const items = was.items && is.items;
  return [
    ...changedFields(type, was, is, `${name}.`),
    ...(items ? [...changedRules(`${type}: field ${name}[]`, was.items ?? {}, is.items ?? {})] : []),
    ...(items ? changedFields(type, was.items ?? {}, is.items ?? {}, `${name}[].`) : []),
  ];
}

// The order of an enum's values and of types means nothing.
function shown(value: unknown): string {
  if (value === undefined) return 'none';
  return Array.isArray(value) ? JSON.stringify([...value].sort()) : JSON.stringify(value);
}
