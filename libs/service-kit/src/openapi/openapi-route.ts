import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { openApiDocument } from './document.js';

/** Adds /openapi.json. The document is made when it is first asked for: few processes are ever asked. */
export function addOpenApiRoute(app: NestFastifyApplication, service: string, description: string): void {
  let json: string | undefined;
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get('/openapi.json', { config: { quiet: true } }, (_request, reply) => {
    json ??= JSON.stringify(openApiDocument(app, service, description));
    return reply.type('application/json').send(json);
  });
}
