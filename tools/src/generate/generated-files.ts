import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withStream } from '@plaza/api-gateway/stream-api';
import { asyncApiDocument } from './asyncapi-document.js';
import type { Catalogue } from './catalogue.js';
import { type FactSchema, factSchemas, schemaFolder, schemaPath } from './schema-files.js';
import { streamPage } from './stream-page.js';
import { topicsPage } from './topics-page.js';

/** All generated files: path in the workspace → content. */
export function generatedFiles(catalogue: Catalogue, version: string): Map<string, string> {
  const facts = asyncApiDocument(catalogue, version);
  return new Map([
    ...[...factSchemas()].map(([type, schema]): [string, string] => [schemaPath(type), json(schema)]),
    ['docs/topics.md', topicsPage(catalogue)],
    ['docs/stream.md', streamPage()],
    ['docs/asyncapi.json', json(withStream(facts))],
    // The gateway adds its stream to it and serves it, so it ships with the package.
    ['libs/contracts/asyncapi.json', json(facts)],
  ]);
}

/** The paths whose content on disk is another, and schemas of facts that are no longer declared. */
export function staleFiles(root: string, files: Map<string, string>): string[] {
  const different = [...files].filter(([path, content]) => read(root, path) !== content).map(([path]) => path);
  const orphans = checkedInTypes(root)
    .map(schemaPath)
    .filter((path) => !files.has(path));
  return [...different, ...orphans];
}

export function writeFiles(root: string, files: Map<string, string>): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** The schemas as they lie in the folder, by type. */
export function schemasOnDisk(root: string): Map<string, FactSchema> {
  return new Map(checkedInTypes(root).map((type) => [type, JSON.parse(read(root, schemaPath(type)) ?? '{}')]));
}

function checkedInTypes(root: string): string[] {
  const folder = join(root, schemaFolder);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
}

function read(root: string, path: string): string | undefined {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
