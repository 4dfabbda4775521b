import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** The workspace's TypeScript sources, parsed on demand: enough of module resolution to follow our own imports. */
export class Sources {
  private readonly parsed = new Map<string, ts.SourceFile>();

  constructor(readonly root: string) {}

  parse(file: string): ts.SourceFile {
    const known = this.parsed.get(file);
    if (known) return known;
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    this.parsed.set(file, source);
    return source;
  }

  /** The files that run when the entry files do. Barrels are followed by name, so that only what is used counts. */
  reachableFrom(entries: string[]): string[] {
    const reached = new Set<string>();
    const open = entries.filter((file) => existsSync(file));
    for (let file = open.pop(); file; file = open.pop()) {
      if (reached.has(file)) continue;
      reached.add(file);
      open.push(...this.importsOf(file));
    }
    return [...reached].sort();
  }

  /** The file that declares `name` for those who import it from `module`, or undefined for a package from elsewhere. */
  definingFile(from: string, module: string, name: string): string | undefined {
    const target = this.resolve(from, module);
    return target && (this.exporterOf(target, name) ?? target);
  }

  private importsOf(file: string): string[] {
    const files: Array<string | undefined> = [];
    for (const statement of this.parse(file).statements) {
      if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
      if (!statement.moduleSpecifier || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
      const module = statement.moduleSpecifier.text;
      const names = importedNames(statement);
      if (names) files.push(...names.map((name) => this.definingFile(file, module, name)));
      else files.push(this.resolve(file, module));
    }
    return files.filter((it) => it !== undefined);
  }

  private exporterOf(file: string, name: string): string | undefined {
    if (declares(this.parse(file), name)) return file;
    for (const statement of this.parse(file).statements) {
      if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier) continue;
      const { exportClause, moduleSpecifier } = statement;
      const target = ts.isStringLiteral(moduleSpecifier) ? this.resolve(file, moduleSpecifier.text) : undefined;
      if (!target) continue;
      if (!exportClause) {
        const found = this.exporterOf(target, name);
        if (found) return found;
      } else if (ts.isNamedExports(exportClause)) {
        const specifier = exportClause.elements.find((it) => it.name.text === name);
        if (specifier) return this.exporterOf(target, (specifier.propertyName ?? specifier.name).text) ?? target;
      }
    }
    return undefined;
  }

  private resolve(from: string, module: string): string | undefined {
    if (module.startsWith('.')) return existing(join(dirname(from), module.replace(/\.js$/, '.ts')));
    const ours = /^@plaza\/([^/]+)$/.exec(module)?.[1];
    if (!ours) return undefined;
    return (
      existing(join(this.root, 'libs', ours, 'src/index.ts')) ?? existing(join(this.root, 'apps', ours, 'src/index.ts'))
    );
  }
}

function existing(file: string): string | undefined {
  return existsSync(file) ? file : undefined;
}

/** The names that a statement takes from a module; undefined where it takes the whole of it. */
function importedNames(statement: ts.ImportDeclaration | ts.ExportDeclaration): string[] | undefined {
  if (ts.isImportDeclaration(statement)) {
    const clause = statement.importClause;
    if (clause?.isTypeOnly) return [];
    if (!clause?.namedBindings || !ts.isNamedImports(clause.namedBindings)) return undefined;
    return clause.namedBindings.elements.filter((it) => !it.isTypeOnly).map((it) => (it.propertyName ?? it.name).text);
  }
  if (statement.isTypeOnly) return [];
  if (!statement.exportClause || !ts.isNamedExports(statement.exportClause)) return undefined;
  return statement.exportClause.elements.filter((it) => !it.isTypeOnly).map((it) => (it.propertyName ?? it.name).text);
}

function declares(source: ts.SourceFile, name: string): boolean {
  return source.statements.some((statement) => {
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.some((it) => ts.isIdentifier(it.name) && it.name.text === name);
    }
    return (ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement)) && statement.name?.text === name;
  });
}

/** All nodes below a node, itself included, in the order of the text. */
export function* nodesIn(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodesIn(child);
}
