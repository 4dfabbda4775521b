import { NotFound } from '@plaza/service-kit';
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { ROUTED_SERVICES, ROUTES, type RoutedService } from '../routes.js';
import { type ForwardLimits, forward } from './forward.js';
import type { GuardedUpstream } from './guarded-upstream.js';
import { serviceAbsent } from './handover-problems.js';

const METHODS: HTTPMethods[] = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

export interface PassageParts {
  upstreams: readonly GuardedUpstream[];
  limits: ForwardLimits;
}

/** The routes that lead to the services. Bodies are not read on the way, and time is kept by `forward`. */
export function addPassage(scope: FastifyInstance, { upstreams, limits }: PassageParts): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
  for (const service of ROUTED_SERVICES) {
    const target = upstreams.find((upstream) => upstream.service === service);
    for (const prefix of ROUTES[service]) addRoutes(scope, prefix, { service, target, limits });
  }
  // OPTIONS of unknown paths is answered by the CORS plugin.
  scope.route({ method: METHODS.filter((method) => method !== 'OPTIONS'), url: '/*', handler: answerUnknown });
}

interface Way {
  service: RoutedService;
  target: GuardedUpstream | undefined;
  limits: ForwardLimits;
}

function addRoutes(scope: FastifyInstance, prefix: string, { service, target, limits }: Way): void {
  for (const url of [prefix, `${prefix}/*`]) {
    scope.route({
      method: METHODS,
      url,
      config: { deadline: false },
      handler: async (request, reply) => {
        if (!target) throw serviceAbsent(service);
        await forward(request, reply, { target, limits });
      },
    });
  }
}

async function answerUnknown(): Promise<never> {
  throw new NotFound('ROUTE_NOT_FOUND', 'No service has this path.');
}
