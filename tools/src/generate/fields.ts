import type { JsonSchema } from '@plaza/contracts';

/** One line of a fact's table of fields. Fields of nested objects have dotted names. */
export interface FieldLine {
  name: string;
  type: string;
  rules: string;
  text: string;
}

export function fieldLines(schema: JsonSchema, docs: Record<string, string>, prefix = ''): FieldLine[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const line: FieldLine = {
      name: prefix + name,
      type: typeOf(field),
      rules: rulesOf(field, !schema.required?.includes(name)),
      text: docs[name] ?? '',
    };
    const nested = field.properties ? field : field.items;
    return [line, ...(nested?.properties ? fieldLines(nested, {}, `${prefix}${name}${field.items ? '[]' : ''}.`) : [])];
  });
}

function typeOf(field: JsonSchema): string {
  const types = [field.type ?? 'any'].flat();
  if (field.enum) return field.enum.map((value) => `\`${value}\``).join(', ');
  return types.map((type) => (type === 'string' ? (field.format ?? type) : type)).join(' or ');
}

function rulesOf(field: JsonSchema, optional: boolean): string {
  const rules = [
    optional && 'optional',
    field.pattern && `\`${field.pattern}\``,
    range(field.minLength, field.maxLength, 'characters'),
    range(field.minItems, field.maxItems, 'items'),
    range(field.minimum, field.maximum, ''),
  ];
  return rules.filter(Boolean).join(', ');
}

function range(from: number | undefined, to: number | undefined, unit: string): string {
  if (from === undefined && to === undefined) return '';
  return `${from ?? ''}..${to ?? ''} ${unit}`.trim();
}
