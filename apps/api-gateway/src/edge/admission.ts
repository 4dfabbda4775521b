import {
  bearerToken,
  Malformed,
  type SigningKeys,
  type TokenUser,
  type TokenVerifier,
  tokenProblem,
  type VerifiedToken,
} from '@plaza/service-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type RateState, rateHeaders } from '../rates/rate-limit.js';
import { type Rates, tooMany } from '../rates/rates.js';
import { isSignIn, needsNoToken } from '../routes.js';
import { networkOf } from './network.js';
import { readPath } from './path.js';

/** Lets only those requests to the routes of a scope that may go on. */
export function addAdmission(scope: FastifyInstance, admission: Admission): void {
  scope.addHook('onRequest', async (request, reply) => {
    const path = readPath(request.url);
    if (path === undefined) throw new Malformed('PATH_MALFORMED', 'The path is not a plain one.');
    await admission.admit(request, reply, path);
  });
}

export interface AdmissionParts {
  verifier: TokenVerifier;
  keys: SigningKeys;
  rates: Rates;
  /** Told the name of each limit that a request was refused for. */
  refused(limit: string): void;
}

/** Decides whether a request goes on, before anything costly is done for it. */
export class Admission {
  constructor(private readonly parts: AdmissionParts) {}

  /** @throws Unauthenticated for a bad token, TooMany past a limit */
  async admit(request: FastifyRequest, reply: FastifyReply, path: string): Promise<void> {
    const network = networkOf(request.ip);
    const { authorization } = request.headers;
    const asked = authorization === undefined || needsNoToken(path) ? undefined : authorization;
    const user = asked === undefined ? undefined : await this.userOf(bearerToken(asked), network, reply);
    this.hold(await this.count(path, network, user), reply);
  }

  /**
   * As `admit`, for a request that opens a socket: there a token is a must, and a bad one is to be told on the socket.
   * @throws Unauthenticated for a missing or bad token, TooMany past a limit, Unavailable while tokens can't be judged here
   */
  async admitSocket(request: FastifyRequest, reply: FastifyReply, token: string | undefined): Promise<VerifiedToken> {
    const { verifier, rates } = this.parts;
    const network = networkOf(request.ip);
    const user = token === undefined ? undefined : await this.userOf(token, network, reply);
    this.hold([await (user ? rates.perUser.take(user.id) : rates.perAddress.take(network))], reply);
    if (token === undefined) throw tokenProblem('TOKEN_MISSING');
    return verifier.verifyToken(token);
  }

  private async count(path: string, network: string, user: TokenUser | undefined): Promise<RateState[]> {
    const { perUser, perAddress, signIns } = this.parts.rates;
    const counted = [await (user ? perUser.take(user.id) : perAddress.take(network))];
    if (isSignIn(path)) counted.push(await signIns.take(network));
    return counted;
  }

  private async userOf(token: string, network: string, reply: FastifyReply): Promise<TokenUser | undefined> {
    const { verifier, keys, rates } = this.parts;
    const known = verifier.recall(token);
    // Without keys (Kafka is away and this gateway has just started) a token can't be judged here; the service can.
    if (known || keys.blind) return known;
    const state = await rates.badTokens.take(network);
    if (!state.allowed) this.hold([state], reply);
    const user = await verifier.verify(token);
    await rates.badTokens.giveBack(network);
    return user;
  }

  /** Tells what was counted, and refuses the request where a limit is spent. */
  private hold(states: readonly RateState[], reply: FastifyReply): void {
    const headers = rateHeaders(states);
    reply.raw.setHeader('ratelimit-policy', headers['ratelimit-policy']);
    reply.raw.setHeader('ratelimit', headers.ratelimit);
    const spent = states.find(({ allowed }) => !allowed);
    if (!spent) return;
    this.parts.refused(spent.limit.name);
    throw tooMany(spent);
  }
}
