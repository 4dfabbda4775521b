import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { Sources } from './sources.js';

/** What the sources say about a fact class in words. */
export interface FactDoc {
  /** The class's own JSDoc. */
  text: string;
  /** The JSDoc of its fields, inherited ones included. */
  fields: Record<string, string>;
}

/** The JSDoc of all classes in the contracts' `*.facts.ts` files, by class name. */
export function factDocs(sources: Sources): Map<string, FactDoc> {
  const folder = join(sources.root, 'libs/contracts/src');
  const files = readdirSync(folder).filter((name) => name.endsWith('.facts.ts'));
  const classes = files.flatMap((name) => sources.parse(join(folder, name)).statements.filter(ts.isClassDeclaration));
  const byName = new Map(classes.map((it) => [it.name?.text ?? '', it]));
  return new Map([...byName].map(([name, it]) => [name, { text: jsDoc(it), fields: fieldDocs(byName, it) }]));
}

function fieldDocs(byName: Map<string, ts.ClassDeclaration>, node: ts.ClassDeclaration): Record<string, string> {
  const parent = node.heritageClauses?.find((it) => it.token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
  const parentNode = parent && byName.get(parent.expression.getText());
  const inherited = parentNode ? fieldDocs(byName, parentNode) : {};
  const own = node.members.filter(ts.isPropertyDeclaration).map((it) => [it.name.getText(), jsDoc(it)]);
  return { ...inherited, ...Object.fromEntries(own.filter(([, text]) => text)) };
}

function jsDoc(node: ts.Node): string {
  const blocks = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return (ts.getTextOfJSDocComment(blocks.at(-1)?.comment) ?? '').replace(/\s+/g, ' ').trim();
}
