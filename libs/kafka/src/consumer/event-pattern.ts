import { EventPattern as NestEventPattern } from '@nestjs/microservices';
import type { ConsumerOptions } from './options.js';

/**
 * Nest's `@EventPattern` for a fact's type (or types) and the consumer that the method belongs to. Nest's own typing wants every
 * argument behind the payload to be `unknown`, which a method with `@Ctx() context: FactContext` is not.
 */
export function EventPattern(type: string | string[], options: ConsumerOptions): MethodDecorator {
  return NestEventPattern<string | string[]>(type, { ...options });
}
