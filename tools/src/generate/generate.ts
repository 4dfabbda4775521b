import { readCatalogue } from './catalogue.js';
import { incompatibilities } from './compatibility.js';
import { generatedFiles, schemasOnDisk, staleFiles, writeFiles } from './generated-files.js';
import { factSchemas } from './schema-files.js';

export interface GenerateOutcome {
  /** Facts whose class says something else than their schema on disk in a way that consumers can't follow. */
  incompatible: string[];
  /** Files that differ from what is on disk: rewritten now, unless only checking. */
  stale: string[];
  /** Holes in the catalogue: no producer, not declared, not described. */
  holes: string[];
}

export interface GenerateOptions {
  version: string;
  /** Write nothing. */
  check: boolean;
  /** Files that are generated from something else than the facts: path and content. */
  pages?: Iterable<[path: string, content: string]>;
}

/** Brings the generated files of the workspace in `root` up to date; with `check`, or over an incompatible schema, writes nothing. */
export function generate(root: string, { version, check, pages = [] }: GenerateOptions): GenerateOutcome {
  const catalogue = readCatalogue(root);
  const files = new Map([...generatedFiles(catalogue, version), ...pages]);
  const incompatible = incompatibilities(schemasOnDisk(root), factSchemas());
  const stale = staleFiles(root, files);
  if (!check && incompatible.length === 0) writeFiles(root, files);
  return { incompatible, stale, holes: catalogue.problems };
}
