import { isDeepStrictEqual } from 'node:util';
import { type RoutedService, serviceOf } from '../routes.js';

type Json = Record<string, unknown>;

/** What is read of a service's OpenAPI document. */
export interface OpenApiDocument {
  paths?: Record<string, Json>;
  components?: Record<string, Json>;
  tags?: Array<{ name: string }>;
  security?: unknown;
}

export interface MergedDocument extends Json {
  paths: Record<string, Json>;
  components: Record<string, Json>;
  tags: Array<{ name: string }>;
  'x-plaza-missing': RoutedService[];
}

/**
 * Makes one OpenAPI 3.1 document of the services' own, in the given order. Of each only the paths under its prefixes are
 * taken. Components of the same name and content are one; of the same name and another content, the later service's gets
 * the service's name in front. `undefined` stands for a service that did not answer: it is named in `x-plaza-missing`.
 */
export function mergeOpenApi(documents: ReadonlyMap<RoutedService, OpenApiDocument | undefined>): MergedDocument {
  const merged = emptyDocument();
  for (const [service, document] of documents) {
    if (document) add(merged, service, renamed(document, clashes(merged, service, document)));
    else merged['x-plaza-missing'].push(service);
  }
  return merged;
}

function emptyDocument(): MergedDocument {
  return {
    openapi: '3.1.0',
    info: { title: 'Plaza', version: '1', description: 'All services of Plaza, as seen through the gateway.' },
    servers: [{ url: '/' }],
    tags: [],
    paths: {},
    components: {},
    'x-plaza-missing': [],
  };
}

function add(merged: MergedDocument, service: RoutedService, document: OpenApiDocument): void {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    if (serviceOf(path) === service) merged.paths[path] = withSecurity(item, document.security);
  }
  for (const [kind, named] of Object.entries(document.components ?? {})) {
    merged.components[kind] = { ...merged.components[kind], ...named };
  }
  const known = new Set(merged.tags.map(({ name }) => name));
  merged.tags.push(...(document.tags ?? []).filter(({ name }) => !known.has(name)));
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/** What a document says of the security of all its operations must be said of each, once it is beside others. */
function withSecurity(item: Json, security: unknown): Json {
  if (security === undefined) return item;
  const entries = Object.entries(item).map(([method, operation]) =>
    METHODS.has(method) && isObject(operation) ? [method, { security, ...operation }] : [method, operation],
  );
  return Object.fromEntries(entries);
}

/** `#/components/schemas/Session` → its new pointer, for each component that can't keep its name. */
function clashes(merged: MergedDocument, service: RoutedService, document: OpenApiDocument): Map<string, string> {
  const pointers = new Map<string, string>();
  for (const [kind, named] of Object.entries(document.components ?? {})) {
    for (const [name, content] of Object.entries(named)) {
      const taken = merged.components[kind]?.[name];
      if (taken === undefined || isDeepStrictEqual(taken, content)) continue;
      pointers.set(pointer(kind, name), pointer(kind, `${inPascalCase(service)}${name}`));
    }
  }
  return pointers;
}

function pointer(kind: string, name: string): string {
  return `#/components/${kind}/${name}`;
}

/** `social-service` → `Social`. */
function inPascalCase(service: RoutedService): string {
  const [word = ''] = service.split('-');
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function renamed(document: OpenApiDocument, pointers: Map<string, string>): OpenApiDocument {
  if (pointers.size === 0) return document;
  const components = Object.entries(document.components ?? {}).map(([kind, named]) => {
    const entries = Object.entries(named).map(([name, content]) => [nameOf(pointers, kind, name), content]);
    return [kind, Object.fromEntries(entries)];
  });
  return redirected({ ...document, components: Object.fromEntries(components) }, pointers) as OpenApiDocument;
}

function nameOf(pointers: Map<string, string>, kind: string, name: string): string {
  return pointers.get(pointer(kind, name))?.split('/').at(-1) ?? name;
}

/** A copy in which every reference to a renamed component ($ref, discriminator mappings, names of security schemes) follows. */
function redirected(value: unknown, pointers: Map<string, string>): unknown {
  if (typeof value === 'string') return pointers.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => redirected(item, pointers));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => {
    if (key === 'security' && Array.isArray(item)) return [key, item.map((scheme) => schemesOf(scheme, pointers))];
    return [key, redirected(item, pointers)];
  });
  return Object.fromEntries(entries);
}

function schemesOf(requirement: unknown, pointers: Map<string, string>): unknown {
  if (!isObject(requirement)) return requirement;
  const entries = Object.entries(requirement).map(([name, scopes]) => [
    nameOf(pointers, 'securitySchemes', name),
    scopes,
  ]);
  return Object.fromEntries(entries);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
