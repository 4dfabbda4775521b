/// <reference path="./class-transformer-storage.d.ts" />
import type { Type } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import { targetConstructorToSchema } from 'class-validator-jsonschema';

/** Where @nestjs/swagger keeps what `@ApiProperty` said. */
const SAID = 'swagger/apiModelProperties';

const described = new WeakSet<Type>();

/**
 * Lets @nestjs/swagger describe every class that has class-validator rules by these rules, so that nothing is said
 * twice. `@ApiProperty` on a field adds to it and wins.
 */
export function describeDtosByTheirRules(): void {
  for (const target of classesWithRules()) {
    if (described.has(target)) continue;
    described.add(target);
    for (const [name, options] of propertiesOf(target)) describe(target.prototype, name, options);
  }
}

/** A type that `@ApiProperty` took from the compiler knows less than the rules: an array's or a nullable field's says nothing. */
function describe(prototype: object, name: string, options: ApiPropertyOptions): void {
  const { type, ...said } = Reflect.getMetadata(SAID, prototype, name) ?? {};
  const explicit = type !== undefined && type !== Reflect.getMetadata('design:type', prototype, name);
  ApiProperty({ ...options, ...said, ...(explicit && { type }) })(prototype, name);
}

function classesWithRules(): Type[] {
  const metadatas: unknown = Reflect.get(getMetadataStorage(), 'validationMetadatas');
  return metadatas instanceof Map ? [...metadatas.keys()].filter((target) => typeof target === 'function') : [];
}

function propertiesOf(target: Type): Array<[string, ApiPropertyOptions]> {
  const { properties = {}, required = [] } = targetConstructorToSchema(target, { additionalConverters: CONVERTERS });
  const defaults: object = new target();
  return Object.entries(properties).map(([name, schema]) => {
    const mayBeNull = 'nullable' in schema && schema.nullable === true;
    const options = {
      ...(nestedOptions(target, name) ?? withoutOwnNullable(schema)),
      ...defaultOf(defaults, name),
      ...((mayBeNull || isOptional(target, name)) && { nullable: true }),
      // A field that may be null but not absent (`@Nullable`) counts as conditional in the rules.
      required: required.includes(name) || mayBeNull,
    };
    return [name, options];
  });
}

/** What a field is set to where it is declared: `limit = 20`. */
function defaultOf(defaults: object, name: string): { default?: unknown } {
  const value: unknown = Reflect.get(defaults, name);
  return ['string', 'number', 'boolean'].includes(typeof value) ? { default: value } : {};
}

const CONVERTERS = {
  isRfc3339: { type: 'string', format: 'date-time' } as const,
  isISO8601: { type: 'string', format: 'date-time' } as const,
  isUrl: { type: 'string', format: 'uri' } as const,
  // Rules of a service's own making say nothing of the type.
  [ValidationTypes.CUSTOM_VALIDATION]: {},
};

function withoutOwnNullable(schema: object): object {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== 'nullable'));
}

/** `@IsOptional` lets null pass as well as absence. */
function isOptional(target: Type, name: string): boolean {
  return rulesOf(target, name).some(
    (rule) => rule.type === ValidationTypes.CONDITIONAL_VALIDATION && rule.name === 'isOptional',
  );
}

function nestedOptions(target: Type, name: string): ApiPropertyOptions | undefined {
  const rule = rulesOf(target, name).find(({ type }) => type === ValidationTypes.NESTED_VALIDATION);
  const type = rule && defaultMetadataStorage.findTypeMetadata(target, name)?.typeFunction();
  return type && { type: () => type, isArray: rule.each };
}

function rulesOf(target: Type, name: string) {
  const rules = getMetadataStorage().getTargetValidationMetadatas(target, '', true, false);
  return rules.filter(({ propertyName }) => propertyName === name);
}
