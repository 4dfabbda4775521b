import ts from 'typescript';
import { nodesIn, Sources } from './sources.js';

/**
 * The names of the contract's classes that a service builds: those which stand where a value does, as in
 * `fact(UserCreated, { ... })`. A service that never calls its outbox, or its producer of ephemeral facts, builds none.
 */
export function factsBuiltIn(sources: Sources, files: string[]): Set<string> {
  const built = new Set<string>();
  if (!files.some((file) => publishes(sources.parse(file)))) return built;
  for (const file of files) {
    const imported = importedContracts(sources.parse(file));
    for (const node of nodesIn(sources.parse(file))) {
      if (ts.isIdentifier(node) && imported.has(node.text) && isValue(node)) built.add(imported.get(node.text) ?? '');
    }
  }
  return built;
}

function publishes(source: ts.SourceFile): boolean {
  return [...nodesIn(source)].filter(ts.isCallExpression).some(({ expression }) => {
    if (!ts.isPropertyAccessExpression(expression)) return false;
    const [called, method] = [expression.expression.getText(), expression.name.text];
    return (
      (/^(add|addAll|insert|prepare)$/.test(method) && /outbox$/i.test(called)) ||
      /ephemeral\.send$/i.test(`${called}.${method}`)
    );
  });
}

/** Local name → exported name. */
function importedContracts(source: ts.SourceFile): Map<string, string> {
  const names = new Map<string, string>();
  for (const statement of source.statements.filter(ts.isImportDeclaration)) {
    if (!ts.isStringLiteral(statement.moduleSpecifier) || statement.moduleSpecifier.text !== '@plaza/contracts')
      continue;
    const named = statement.importClause?.namedBindings;
    if (!named || !ts.isNamedImports(named)) continue;
    for (const { name, propertyName } of named.elements) names.set(name.text, (propertyName ?? name).text);
  }
  return names;
}

function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isImportSpecifier(parent) || ts.isTypeReferenceNode(parent) || ts.isTypeQueryNode(parent)) return false;
  return !(ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword);
}
