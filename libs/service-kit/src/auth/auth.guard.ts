import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Forbidden } from '../errors/problems.js';
import { requestContext } from '../http/request-context.js';
import { PUBLIC, ROLES_ALLOWED } from './decorators.js';
import { bearerToken } from './token-problems.js';
import type { AuthenticatedRequest, Role, TokenUser } from './token-user.js';
import { TokenVerifier } from './token-verifier.js';

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
    const token = bearerToken(request.headers.authorization);
    const known = this.verifier.recall(token);
    if (known) return admit(request, known, access);
    return this.verifier.verify(token).then((user) => admit(request, user, access));
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

function admit(request: AuthenticatedRequest, user: TokenUser, { roles }: Access): boolean {
  request.user = user;
  const served = requestContext();
  if (served) served.userId = user.id;
  if (roles && !roles.includes(user.role)) {
    throw new Forbidden('ROLE_REQUIRED', `This needs the role ${roles.join(' or ')}.`);
  }
  return true;
}
