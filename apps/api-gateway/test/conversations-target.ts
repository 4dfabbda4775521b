import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RunningService } from '@plaza/service-kit';
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';

interface Membership {
  conversationId: string;
  joinedVersion: number;
  leftVersion: number | null;
}

/** What messaging-service is to the stream: it knows who is a member of what, and answers the routes of the commands. */
export class ConversationsTarget {
  /** As the service saw them. */
  readonly requests: Array<{ method: string; url: string; userId: string; body: unknown }> = [];
  /** What it does before it answers. */
  before: (request: FastifyRequest) => Promise<void> = async () => undefined;
  private readonly app: FastifyInstance = fastify();
  private readonly memberships = new Map<string, Membership[]>();

  static async start(): Promise<ConversationsTarget> {
    const target = new ConversationsTarget();
    target.addRoutes();
    await target.app.listen({ port: 0, host: '127.0.0.1' });
    return target;
  }

  get url(): string {
    return this.app.listeningOrigin;
  }

  join(conversationId: string, userId: string, joinedVersion: number): void {
    const all = this.memberships.get(userId) ?? [];
    this.memberships.set(userId, [...all, { conversationId, joinedVersion, leftVersion: null }]);
  }

  leave(conversationId: string, userId: string, leftVersion: number): void {
    const lasting = this.memberships
      .get(userId)
      ?.find((it) => it.conversationId === conversationId && it.leftVersion === null);
    if (lasting) lasting.leftVersion = leftVersion;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.app.routing(request, response);
  }

  /** What all-in-one would hold of it. */
  running(): RunningService {
    const { app } = this;
    const handle = (request: IncomingMessage, response: ServerResponse) => this.handle(request, response);
    return { app, handle, readiness: async () => ({ ready: true, started: true }) } as unknown as RunningService;
  }

  async stop(): Promise<void> {
    this.app.server.closeAllConnections();
    await this.app.close();
  }

  private addRoutes(): void {
    const { app } = this;
    app.addHook('preHandler', async (request) => {
      const { method, url, body } = request;
      this.requests.push({ method, url, userId: userOf(request), body });
      await this.before(request);
    });
    app.get('/health/startup', async () => ({}));
    app.get<{ Querystring: { limit: string; cursor?: string } }>('/v1/conversations/memberships', async (request) => {
      const [from, limit] = [Number(request.query.cursor ?? 0), Number(request.query.limit)];
      const all = this.memberships.get(userOf(request)) ?? [];
      const next = from + limit;
      return { items: all.slice(from, next), nextCursor: next < all.length ? String(next) : null };
    });
    app.post<{ Params: { id: string }; Body: { content?: string } }>(
      '/v1/conversations/:id/messages',
      async ({ params, body }, reply) => {
        if (body.content === 'refused') {
          return reply.code(403).send({ code: 'NOT_A_MEMBER', detail: 'You are not a member.', status: 403 });
        }
        return reply.code(201).send({ id: params.id, content: body.content });
      },
    );
    for (const url of ['/v1/conversations/:id/typing', '/v1/conversations/:id/delivered', '/v1/presence']) {
      app.put(url, async (_request, reply) => reply.code(204).send());
    }
  }
}

/** Whom the token speaks for; the gateway has verified it, and a real service would, too. */
function userOf({ headers }: FastifyRequest): string {
  const [, claims = ''] = (headers.authorization ?? '').split('.');
  return JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}').sub ?? '';
}
