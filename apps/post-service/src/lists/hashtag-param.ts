import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { Malformed } from '@plaza/service-kit';
import { HASHTAG_PATTERN, isHashtag } from '../text/parse-text.js';

const hashtagPipe: PipeTransform<unknown, string> = {
  transform(value, { data }) {
    if (isHashtag(value)) return value;
    const errors = [{ path: data ?? '', code: 'HASHTAG', message: 'must be a hashtag without its sign' }];
    throw new Malformed('PATH_INVALID', 'The path breaks a rule.', { errors });
  },
};

/** A path parameter that is a hashtag without its sign, in capitals or not. */
export function HashtagParam(name: string): ParameterDecorator {
  return (target, key, index) => {
    Param(name, hashtagPipe)(target, key, index);
    const method = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
    const schema = { type: 'string', pattern: HASHTAG_PATTERN, maxLength: 100, example: 'plaza' } as const;
    if (method && key !== undefined) ApiParam({ name, schema })(target, key, method);
  };
}
