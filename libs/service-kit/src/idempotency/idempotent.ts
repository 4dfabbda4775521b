import { createHash } from 'node:crypto';
import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Observable, tap } from 'rxjs';
import type { AuthenticatedRequest } from '../auth/token-user.js';
import { Malformed } from '../errors/problems.js';
import { type IdempotencyScope, IdempotentRequest } from './idempotent-request.js';

/** The header's name. */
export const IDEMPOTENCY_KEY = 'Idempotency-Key';
const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The route honours the header `Idempotency-Key`: of all requests of one user with the same key, one makes its change, and
 * for 24 hours the others get the same answer with `Idempotency-Replayed: true`. The handler must lead to exactly one
 * `transaction()`, `oneStatement()`, `mongoTransaction()` or `ownRecord()`, which does the rest.
 */
export function Idempotent(): MethodDecorator {
  return applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: IDEMPOTENCY_KEY,
      required: false,
      description: 'Makes the request safe to repeat for 24 hours: 1 to 255 visible ASCII characters, such as a UUID.',
      schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
    }),
  );
}

@Injectable()
class IdempotencyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = new IdempotentRequest(scopeOf(http.getRequest<AuthenticatedRequest>()));
    const conclusion = tap(() => conclude(request, http.getResponse<FastifyReply>()));
    // Nest binds the handler to the async context in which `handle` is called.
    return new Observable((subscriber) => request.run(() => next.handle().pipe(conclusion).subscribe(subscriber)));
  }
}

function conclude(request: IdempotentRequest, reply: FastifyReply): void {
  if (!request.ran) throw new Error('An @Idempotent route answered without having run its one transaction()');
  if (request.replayed) reply.header('idempotency-replayed', 'true');
}

function scopeOf(request: AuthenticatedRequest): IdempotencyScope | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined || !request.user) return undefined;
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new Malformed('IDEMPOTENCY_KEY_INVALID', 'Idempotency-Key takes 1 to 255 visible ASCII characters.');
  }
  const route = `${request.method} ${request.routeOptions.url}`;
  return { userId: request.user.id, route, key, fingerprint: fingerprintOf(request) };
}

function fingerprintOf({ method, url, body }: AuthenticatedRequest): string {
  return createHash('sha256')
    .update(`${method} ${url}\n${JSON.stringify(body) ?? ''}`)
    .digest('base64url');
}
