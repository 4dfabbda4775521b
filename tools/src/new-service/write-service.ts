import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROUTED_SERVICES, ROUTES } from '@plaza/api-gateway';

export interface NewService {
  /** As in the prefix table of the gateway: `post-service`. */
  name: string;
  /** One line. */
  description: string;
}

const TEMPLATES = join(fileURLToPath(import.meta.url), '../../../templates/service');

/**
 * Writes the files of a new service under `<root>/apps/<name>` and gives their paths.
 * @throws Error when the name is none that the gateway knows, or the folder exists
 */
export async function writeService(root: string, service: NewService): Promise<string[]> {
  const name = ROUTED_SERVICES.find((known) => known === service.name);
  if (!name) throw new Error(`${service.name}: choose one of ${ROUTED_SERVICES.join(', ')}`);
  const folder = join(root, 'apps', service.name);
  if (existsSync(folder)) throw new Error(`${folder} exists already`);
  if (/["'\\\n]/.test(service.description))
    throw new Error('The description is one line without quotes or backslashes');
  const versions = await versionsInUse(root);
  const words: Record<string, string> = {
    ...service,
    variable: variableOf(service.name),
    prefixes: ROUTES[name].map((prefix) => `\`${prefix}\``).join(', '),
  };
  const fill = (template: string) =>
    template.replaceAll(
      /\{\{(version:)?([^}]+)\}\}/g,
      (whole, version, word) => (version ? versions : words)[word] ?? whole,
    );
  const templates = await readdir(TEMPLATES, { recursive: true, withFileTypes: true });
  const files = templates.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map((file) => writeFilled(file, folder, fill)));
}

/** Adds the service to the list that all-in-one starts. */
export async function addToAllInOne(root: string, name: string): Promise<void> {
  const file = join(root, 'apps/all-in-one/src/services.ts');
  const variable = variableOf(name);
  const source = await readFile(file, 'utf8');
  const imported = source.replace(/(?=\n\n|\nexport)/, `\nimport { ${variable} } from '@plaza/${name}';`);
  await writeFile(file, imported.replace(/,?\s*\];/, `, ${variable}];`));
  const manifest = join(root, 'apps/all-in-one/package.json');
  const { dependencies, ...rest } = JSON.parse(await readFile(manifest, 'utf8'));
  await writeFile(
    manifest,
    `${JSON.stringify({ ...rest, dependencies: { ...dependencies, [`@plaza/${name}`]: '*' } }, null, 2)}\n`,
  );
}

/** `post-service` → `postService`. */
export function variableOf(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

async function writeFilled(template: string, folder: string, fill: (text: string) => string): Promise<string> {
  const target = join(folder, relative(TEMPLATES, template).replace(/\.tpl$/, ''));
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, fill(await readFile(template, 'utf8')));
  return target;
}

/** The versions that social-service uses: a new service starts where the others stand. */
async function versionsInUse(root: string): Promise<Record<string, string>> {
  return JSON.parse(await readFile(join(root, 'apps/social-service/package.json'), 'utf8')).dependencies;
}
