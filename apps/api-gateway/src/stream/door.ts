import { Forbidden, ProblemError, TooMany, tokenProblem, Unavailable, type VerifiedToken } from '@plaza/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Admission } from '../edge/admission.js';
import type { ClientToken } from './client.js';
import { socketToken } from './credentials.js';
import type { StreamHub } from './hub.js';

export interface DoorParts {
  hub: StreamHub;
  admission: Pick<Admission, 'admitSocket'>;
  origins: readonly string[];
  /** Most sockets, of all and of one user. */
  limits: { all: number; perUser: number };
}

/** The token of who may come in; or why the socket is to be ended as soon as it is open. */
export type Entry = { token: ClientToken } | { refused: ProblemError };

const UNAUTHENTICATED = 401;

/** Decides who gets a socket. */
export class Door {
  constructor(private readonly parts: DoorParts) {}

  /**
   * A bad token is told on the socket, by its close code: browsers don't tell their page of the answer to an upgrade.
   * @throws whatever else is wrong, to be answered in place of the upgrade
   */
  async enter(request: FastifyRequest, reply: FastifyReply): Promise<Entry> {
    this.refuseForeignPage(request.headers.origin);
    this.refuseWhileUnready();
    try {
      const text = socketToken(request.headers);
      const verified = await this.parts.admission.admitSocket(request, reply, text);
      this.refuseMany(verified);
      return text === undefined ? { refused: tokenProblem('TOKEN_MISSING') } : { token: { text, verified } };
    } catch (error) {
      if (error instanceof ProblemError && error.status === UNAUTHENTICATED) return { refused: error };
      throw error;
    }
  }

  /** A page of another site can open a socket here without asking anybody (CORS knows nothing of them). */
  private refuseForeignPage(origin: string | undefined): void {
    if (origin === undefined || this.parts.origins.includes(origin)) return;
    throw new Forbidden('ORIGIN_NOT_ALLOWED', 'Pages of this origin may not connect.');
  }

  private refuseWhileUnready(): void {
    const { hub, limits } = this.parts;
    if (hub.draining) throw new Unavailable('SERVICE_STOPPING', 'This gateway is on its way out.');
    if (!hub.ready) throw new Unavailable('STREAM_NOT_READY', 'What has happened is still being read.');
    if (hub.state.connections >= limits.all) throw new Unavailable('STREAM_FULL', 'This gateway has no room for more.');
  }

  private refuseMany({ user }: VerifiedToken): void {
    if (this.parts.hub.audience.clientsOf(user.id).size < this.parts.limits.perUser) return;
    throw new TooMany('TOO_MANY_CONNECTIONS', 'This user has too many connections.', { retryAfter: 5 });
  }
}
