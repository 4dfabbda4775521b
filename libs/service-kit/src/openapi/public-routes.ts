import type { INestApplication } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import { PUBLIC } from '../auth/decorators.js';

/** Extension of the operations that need no token, while the document is made. */
export const PUBLIC_EXTENSION = 'x-plaza-public';

/** Marks the routes that `@Public()`, on them or on their controller, opens to everyone. */
export function markPublicRoutes(app: INestApplication): void {
  const mark = ApiExtension(PUBLIC_EXTENSION, true);
  for (const controller of controllersOf(app)) {
    for (const name of new MetadataScanner().getAllMethodNames(controller.prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(controller.prototype, name);
      if (descriptor && isPublic(controller, descriptor.value)) mark(controller.prototype, name, descriptor);
    }
  }
}

function controllersOf(app: INestApplication) {
  const modules = [...app.get(ModulesContainer).values()];
  const types = modules.flatMap(({ controllers }) => [...controllers.values()].map(({ metatype }) => metatype));
  return types.filter((type) => typeof type === 'function');
}

function isPublic(controller: object, method: object): boolean {
  return (Reflect.getMetadata(PUBLIC, method) ?? Reflect.getMetadata(PUBLIC, controller)) === true;
}
