import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { temporaryWorkspace } from './workspace.js';

const root = join(import.meta.dirname, '../..');
// e2e is tests alone: it runs in the checkout, where every package is.
const packages = globSync('{apps,libs}/*/package.json', { cwd: root })
  .map((file) => dirname(file))
  .filter((folder) => folder !== 'apps/e2e');

/** The packages that a folder's code loads and its package.json does not declare. */
function undeclared(folder: string): string[] {
  const { name, dependencies, optionalDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const declared = new Set([name, ...Object.keys({ ...dependencies, ...optionalDependencies })]);
  const files = globSync('src/**/*.ts', { cwd: folder }).filter((file) => !file.endsWith('.spec.ts'));
  const loaded = new Set(files.flatMap((file) => loadedBy(readFileSync(join(folder, file), 'utf8'))));
  return [...loaded].filter((one) => !declared.has(one)).sort();
}

function loadedBy(source: string): string[] {
  const { statements } = ts.createSourceFile('it.ts', source, ts.ScriptTarget.Latest);
  return statements
    .filter((it) => ts.isImportDeclaration(it) || ts.isExportDeclaration(it))
    .filter((it) => !(ts.isExportDeclaration(it) ? it.isTypeOnly : isForTypes(it)))
    .flatMap(({ moduleSpecifier: from }) => (from && ts.isStringLiteral(from) ? [from.text] : []))
    .filter((module) => !/^(\.|node:)/.test(module))
    .map((module) => /^(@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? module);
}

function isForTypes({ importClause: clause }: ts.ImportDeclaration): boolean {
  if (!clause) return false;
  const { isTypeOnly, namedBindings } = clause;
  return (
    isTypeOnly ||
    (!!namedBindings && ts.isNamedImports(namedBindings) && namedBindings.elements.every((it) => it.isTypeOnly))
  );
}

// In the checkout all packages lie side by side, and nobody would notice; an image has only what its app declares.
it.each(packages)('%s declares every package that it loads', (folder) => {
  expect(undeclared(join(root, folder))).toEqual([]);
});

it('finds a package that is loaded without being declared', () => {
  const workspace = temporaryWorkspace({
    'package.json': '{"name":"@plaza/it","dependencies":{"pg":"*"}}',
    'src/it.ts': `
      import 'node:fs';
      import pg from 'pg';
      import type { A } from 'only-types';
      import { type B } from 'types-too';
      import { c } from '@scope/whole/part';
      export * from 'exported';`,
    'src/it.spec.ts': "import 'for-tests';",
  });
  expect(undeclared(workspace.root)).toEqual(['@scope/whole', 'exported']);
  workspace.remove();
});
