import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Forbidden, Unauthenticated } from '../errors/problems.js';
import { PUBLIC, ROLES_ALLOWED } from './decorators.js';
import { challenge, tokenProblem } from './token-problems.js';
import type { Role, TokenUser } from './token-user.js';
import { TokenVerifier } from './token-verifier.js';

export type AuthenticatedRequest = FastifyRequest & { user?: TokenUser };

interface Access {
  readonly open: boolean;
  readonly roles?: readonly Role[];
}

type Handler = ReturnType<ExecutionContext['getHandler']>;

/** Lets a request pass only with a good token, unless its route is @Public. It trusts no other header. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly accessByHandler = new WeakMap<Handler, Access>();

  constructor(private readonly verifier: TokenVerifier) {}

  /** Gives a plain boolean where it can: this runs on every request, and a promise costs a turn of the event loop. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const access = this.accessOf(context);
    if (access.open) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    try {
      const token = bearerToken(request.headers.authorization);
      const known = this.verifier.recall(token);
      if (known) return admit(request, known, access);
      return this.examine(context, token, access);
    } catch (error) {
      throw withChallenge(context, error);
    }
  }

  private async examine(context: ExecutionContext, token: string, access: Access): Promise<boolean> {
    try {
      const user = await this.verifier.verify(token);
      return admit(context.switchToHttp().getRequest(), user, access);
    } catch (error) {
      throw withChallenge(context, error);
    }
  }

  private accessOf(context: ExecutionContext): Access {
    const handler = context.getHandler();
    const known = this.accessByHandler.get(handler);
    if (known) return known;
    const access = {
      open: metadata<boolean>(PUBLIC, context) ?? false,
      roles: metadata<readonly Role[]>(ROLES_ALLOWED, context),
    };
    this.accessByHandler.set(handler, access);
    return access;
  }
}

function metadata<T>(key: string, context: ExecutionContext): T | undefined {
  return Reflect.getMetadata(key, context.getHandler()) ?? Reflect.getMetadata(key, context.getClass());
}

function bearerToken(header: string | undefined): string {
  if (!header) throw tokenProblem('TOKEN_MISSING');
  if (header.slice(0, 7).toLowerCase() !== 'bearer ') throw tokenProblem('TOKEN_INVALID');
  return header.slice(7);
}

function admit(request: AuthenticatedRequest, user: TokenUser, access: Access): boolean {
  request.user = user;
  if (access.roles && !access.roles.includes(user.role)) {
    throw new Forbidden('ROLE_REQUIRED', `This needs the role ${access.roles.join(' or ')}.`);
  }
  return true;
}

function withChallenge(context: ExecutionContext, error: unknown): unknown {
  if (error instanceof Unauthenticated) {
    context.switchToHttp().getResponse<FastifyReply>().header('www-authenticate', challenge(error));
  }
  return error;
}
