import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ProblemFilter } from '../errors/problem.filter.js';
import { addOperationalRoutes } from '../health/operational-routes.js';
import { addAccessHooks } from '../http/access.js';
import { createAdapter } from '../http/create-adapter.js';
import { readJsonOnly } from '../http/json-body.js';
import type { PlazaAdapter } from '../http/plaza-adapter.js';
import { addRequestHooks } from '../http/request-hooks.js';
import { ValidationPipe } from '../http/validation.pipe.js';
import { createAccessLogger } from '../logs/logger.js';
import { addOpenApiRoute } from '../openapi/openapi-route.js';
import { type RootParts, ServiceRoot } from './service-root.js';

/** The Nest application of a service, with all its routes; not yet initialised, so neither consuming nor serving. */
export async function createApplication(parts: RootParts): Promise<NestFastifyApplication> {
  const { definition, config, logger } = parts;
  const adapter = createHttp(parts);
  const app = await NestFactory.create<NestFastifyApplication>(ServiceRoot.forRoot(parts), adapter, {
    abortOnError: false,
    bodyParser: false,
    forceCloseConnections: false,
  });
  app.useGlobalFilters(new ProblemFilter(logger));
  app.useGlobalPipes(new ValidationPipe());
  if (definition.http?.openapi !== false) addOpenApiRoute(app, definition.name, definition.description);
  await definition.configure?.(app, config);
  return app;
}

/** Hooks come first: Fastify applies them to routes that are added later. */
function createHttp({ definition, config, logger, registry, health }: RootParts): PlazaAdapter {
  const trustedProxies = [
    ...config.trustedProxies,
    ...(definition.name === 'api-gateway' ? [] : config.gatewayAddresses),
  ];
  const { bodyLimit, requestBudget: budgetMs, logLevel: level } = config;
  const adapter = createAdapter({ logger, bodyLimit, trustedProxies, server: definition.http?.server });
  const fastify = adapter.getInstance();
  addRequestHooks(fastify, { logger, budgetMs, draining: () => health.draining });
  addAccessHooks(fastify, createAccessLogger({ service: definition.name, level }), registry);
  readJsonOnly(fastify);
  addOperationalRoutes(fastify, health);
  return adapter;
}
