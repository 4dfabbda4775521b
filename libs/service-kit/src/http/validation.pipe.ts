import { type ArgumentMetadata, Injectable, type PipeTransform, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, type ValidationError, validate } from 'class-validator';
import { type FieldError, Invalid, Malformed, type ProblemError } from '../errors/problems.js';

type Problem = (errors: FieldError[]) => ProblemError;

const BY_PLACE: Partial<Record<ArgumentMetadata['type'], Problem>> = {
  body: (errors) => new Invalid('BODY_INVALID', 'The body breaks a rule.', { errors }),
  query: (errors) => new Malformed('QUERY_INVALID', 'The query breaks a rule.', { errors }),
  param: (errors) => new Malformed('PATH_INVALID', 'The path breaks a rule.', { errors }),
};

/**
 * Checks what comes in against the rules of its DTO class. Bodies are strict: a field that is not declared is an error.
 * Parameters of queries that are not declared are left out.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  private readonly hasRules = new Map<Type, boolean>();

  /** Gives a plain value back where there is nothing to check: this runs for every argument of every request. */
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    const problem = BY_PLACE[type];
    if (!problem || !metatype || !this.isDto(metatype)) return value;
    // A body may be left out where nothing in it has to be there.
    return type === 'body'
      ? check(value === undefined ? {} : value, metatype, problem, true)
      : check(value, metatype, problem, false);
  }

  private isDto(metatype: Type): boolean {
    const known = this.hasRules.get(metatype);
    if (known !== undefined) return known;
    const found = getMetadataStorage().getTargetValidationMetadatas(metatype, '', false, false).length > 0;
    this.hasRules.set(metatype, found);
    return found;
  }
}

async function check(value: unknown, metatype: Type, problem: Problem, strict: boolean): Promise<object> {
  if (!isObject(value)) throw problem([{ path: '', code: 'IS_OBJECT', message: 'must be an object' }]);
  const dto: object = plainToInstance(metatype, value);
  const errors = await validate(dto, { whitelist: true, forbidNonWhitelisted: strict, forbidUnknownValues: true });
  if (errors.length > 0) throw problem(errors.flatMap((error) => fieldErrors(error, '')));
  return dto;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldErrors({ property, constraints = {}, children = [] }: ValidationError, above: string): FieldError[] {
  const path = above ? `${above}.${property}` : property;
  const own = Object.entries(constraints).map(([rule, message]) => ({ path, code: codeOf(rule), message }));
  return [...own, ...children.flatMap((child) => fieldErrors(child, path))];
}

/** `maxLength` → `MAX_LENGTH`. */
function codeOf(rule: string): string {
  if (rule === 'whitelistValidation') return 'UNKNOWN_FIELD';
  return rule.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}
