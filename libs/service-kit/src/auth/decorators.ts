import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { AuthenticatedRequest, Role } from './token-user.js';

export const PUBLIC = 'plaza:public';
export const ROLES_ALLOWED = 'plaza:roles';

/** The route (or every route of the controller) is open to anyone; without it a route needs a good token. */
export function Public(): MethodDecorator & ClassDecorator {
  return SetMetadata(PUBLIC, true);
}

/** Only tokens with one of these roles may pass; others get 403 ROLE_REQUIRED. */
export function Roles(...roles: Role[]): MethodDecorator & ClassDecorator {
  return SetMetadata(ROLES_ALLOWED, roles);
}

/** The TokenUser of the request; on a @Public route it is undefined. */
export const CurrentUser: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<AuthenticatedRequest>().user,
);
