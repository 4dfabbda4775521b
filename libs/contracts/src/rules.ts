import { ValidateIf, ValidateNested } from 'class-validator';
import { JSONSchema } from 'class-validator-jsonschema';
import type { FactClass } from './fact.js';

const NESTED = Symbol('plaza:nested');

export interface NestedRule {
  type: () => FactClass;
  list: boolean;
}

/** The field must be there but may be null. (`@IsOptional` is for fields that may be absent.) */
export function Nullable(): PropertyDecorator {
  return (target, property) => {
    ValidateIf((_, value) => value !== null)(target, property);
    JSONSchema({ nullable: true })(target, String(property));
  };
}

/** The field holds an object of another class with rules, or with `list` an array of them. */
export function Nested(type: () => FactClass, { list = false } = {}): PropertyDecorator {
  return (target, property) => {
    ValidateNested({ each: list })(target, property);
    const rule: NestedRule = { type, list };
    Reflect.defineMetadata(NESTED, rule, target, property);
  };
}

export function nestedRule(payload: FactClass, property: string): NestedRule | undefined {
  return Reflect.getMetadata(NESTED, payload.prototype, property);
}
