import type { FastifyRequest } from 'fastify';

export const ROLES = ['USER', 'MODERATOR', 'ADMIN'] as const;
export type Role = (typeof ROLES)[number];

/** Who a verified access token speaks for. */
export interface TokenUser {
  readonly id: string;
  readonly sessionId: string;
  readonly role: Role;
}

/** A request whose token the guard has verified; without `user` on a @Public route. */
export type AuthenticatedRequest = FastifyRequest & { user?: TokenUser };
