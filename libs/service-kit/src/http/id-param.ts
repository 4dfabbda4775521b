import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { Malformed } from '../errors/problems.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const uuidPipe: PipeTransform<unknown, string> = {
  transform(value, { data }) {
    if (typeof value === 'string' && UUID.test(value)) return value.toLowerCase();
    const errors = [{ path: data ?? '', code: 'IS_UUID', message: 'must be a UUID' }];
    throw new Malformed('PATH_INVALID', 'The path breaks a rule.', { errors });
  },
};

/** A path parameter that is an id: anything but a UUID is 400 PATH_INVALID; documented as one. */
export function IdParam(name = 'id'): ParameterDecorator {
  return (target, key, index) => {
    Param(name, uuidPipe)(target, key, index);
    const method = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
    if (method && key !== undefined)
      ApiParam({ name, schema: { type: 'string', format: 'uuid' } })(target, key, method);
  };
}
