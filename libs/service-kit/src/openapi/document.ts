import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { addCommonAnswers } from './common-answers.js';
import { describeDtosByTheirRules } from './dto-schemas.js';
import { PROBLEM_SCHEMA } from './problem-schema.js';
import { markPublicRoutes } from './public-routes.js';
import { dropNullsFromQueries } from './query-nulls.js';
import { closeBodies, dropUnusedSchemas } from './schemas.js';
import { unwrapSingleReferences } from './single-references.js';

const VERSION = '1.0.0';

/** The OpenAPI 3.1 document of a service, from its controllers, the rules of its DTOs and what the kit answers itself. */
export function openApiDocument(app: INestApplication, service: string, description: string): OpenAPIObject {
  describeDtosByTheirRules();
  markPublicRoutes(app);
  const document = SwaggerModule.createDocument(app, head(service, description), { operationIdFactory });
  document.components = { ...document.components };
  document.components.schemas = { ...document.components.schemas, Problem: PROBLEM_SCHEMA };
  unwrapSingleReferences(document);
  closeBodies(document);
  dropNullsFromQueries(document);
  addCommonAnswers(document);
  dropUnusedSchemas(document);
  return document;
}

function head(service: string, description: string): Omit<OpenAPIObject, 'paths'> {
  return new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(`Plaza: ${service}`)
    .setDescription(description)
    .setVersion(VERSION)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
    .build();
}

/** `FollowsController`, `findOne` → `followsFindOne`: what a generated client calls the method. */
function operationIdFactory(controller: string, method: string): string {
  const subject = controller.replace(/Controller$/, '');
  return `${subject.charAt(0).toLowerCase()}${subject.slice(1)}${method.charAt(0).toUpperCase()}${method.slice(1)}`;
}
