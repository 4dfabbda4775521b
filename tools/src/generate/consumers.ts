import { relative } from 'node:path';
import ts from 'typescript';
import { nodesIn, Sources } from './sources.js';

/** One handler of a fact type, found as `@EventPattern('type', options)`. */
export interface ConsumerUse {
  service: string;
  /** The consumer's purpose, as in the group `<service>.<purpose>`. */
  consumer: string;
  broadcast: boolean;
  type: string;
  file: string;
}

/** What the given files of a service consume. A pattern that isn't written out can't be seen here, so it is a problem. */
export function consumersIn(sources: Sources, service: string, files: string[]): ConsumerUse[] {
  return files.flatMap((path) => {
    const file = relative(sources.root, path);
    return eventPatterns(sources.parse(path)).flatMap((call) => {
      const options = optionsOf(sources, path, call.arguments[1]);
      return literals(file, call.arguments[0]).map((type) => ({ service, type, file, ...options }));
    });
  });
}

/** Whether the file defines a service with a database: `defineService({ ..., database: ... })`, or `mongo`. */
export function declaresDatabase(source: ts.SourceFile): boolean {
  return [...nodesIn(source)].filter(ts.isCallExpression).some(({ expression, arguments: [definition] }) => {
    if (!ts.isIdentifier(expression) || expression.text !== 'defineService') return false;
    if (!definition || !ts.isObjectLiteralExpression(definition)) return false;
    return definition.properties.some(
      (it) => it.name && ts.isIdentifier(it.name) && /^(database|mongo)$/.test(it.name.text),
    );
  });
}

function eventPatterns(source: ts.SourceFile): ts.CallExpression[] {
  return [...nodesIn(source)]
    .filter(ts.isDecorator)
    .map((decorator) => decorator.expression)
    .filter(ts.isCallExpression)
    .filter((call) => ts.isIdentifier(call.expression) && call.expression.text === 'EventPattern');
}

function literals(file: string, pattern: ts.Expression | undefined): string[] {
  if (pattern && ts.isStringLiteralLike(pattern)) return [pattern.text];
  if (pattern && ts.isArrayLiteralExpression(pattern)) return pattern.elements.flatMap((it) => literals(file, it));
  throw new Error(`${file}: write the fact type into @EventPattern('...') as a literal, so that it can be found`);
}

function optionsOf(
  sources: Sources,
  file: string,
  options: ts.Expression | undefined,
): Pick<ConsumerUse, 'consumer' | 'broadcast'> {
  const literal = options && objectLiteral(sources, file, options);
  return {
    consumer: literal ? (textOf(literal, 'consumer') ?? 'unnamed') : 'unnamed',
    broadcast: literal ? textOf(literal, 'kind') === 'broadcast' : false,
  };
}

/** The object itself, or the one that a constant holds, here or in the file that it is imported from. */
function objectLiteral(
  sources: Sources,
  file: string,
  expression: ts.Expression,
): ts.ObjectLiteralExpression | undefined {
  if (ts.isObjectLiteralExpression(expression)) return expression;
  if (ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression)) {
    return objectLiteral(sources, file, expression.expression);
  }
  if (!ts.isIdentifier(expression)) return undefined;
  const declared = [...nodesIn(sources.parse(file))]
    .filter(ts.isVariableDeclaration)
    .find((it) => ts.isIdentifier(it.name) && it.name.text === expression.text);
  if (declared?.initializer) return objectLiteral(sources, file, declared.initializer);
  const origin = importOf(sources, file, expression.text);
  return origin ? objectLiteral(sources, origin, expression) : undefined;
}

function importOf(sources: Sources, file: string, name: string): string | undefined {
  for (const statement of sources.parse(file).statements.filter(ts.isImportDeclaration)) {
    const named = statement.importClause?.namedBindings;
    if (!named || !ts.isNamedImports(named) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    if (!named.elements.some((it) => it.name.text === name)) continue;
    const origin = sources.definingFile(file, statement.moduleSpecifier.text, name);
    if (origin !== file) return origin;
  }
  return undefined;
}

function textOf(literal: ts.ObjectLiteralExpression, name: string): string | undefined {
  const property = literal.properties
    .filter(ts.isPropertyAssignment)
    .find((it) => ts.isIdentifier(it.name) && it.name.text === name);
  return property && ts.isStringLiteralLike(property.initializer) ? property.initializer.text : undefined;
}
