import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import fastifyStatic from '@fastify/static';
import { asyncapi } from '@plaza/contracts';
import { NotFound } from '@plaza/service-kit';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { protectPage } from '../edge/security.js';
import { withStream } from '../stream/stream-api.js';
import type { MergedDocs } from './merged-docs.js';
import { PAGE, START_SCRIPT } from './page.js';

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const FILES = new Set(['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png', 'favicon-16x16.png']);

/** `/openapi.json`, `/asyncapi.json`, and a page to read and try the API, served from here alone. */
export async function addDocs(scope: FastifyInstance, docs: MergedDocs): Promise<void> {
  const events = withStream(asyncapi());
  await scope.register(fastifyStatic, { root: SWAGGER_UI, serve: false });
  scope.get('/openapi.json', () => docs.get());
  scope.get('/asyncapi.json', async () => events);
  scope.get('/docs', (_request, reply) => reply.redirect('/docs/'));
  scope.get('/docs/', { onRequest: protectPage }, (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(PAGE),
  );
  scope.get('/docs/start.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(START_SCRIPT));
  scope.get<{ Params: { file: string } }>('/docs/:file', ({ params }, reply) => sendFile(params.file, reply));
}

function sendFile(file: string, reply: FastifyReply): FastifyReply {
  if (!FILES.has(file)) throw new NotFound('ROUTE_NOT_FOUND', 'There is no such page.');
  return reply.sendFile(file);
}
