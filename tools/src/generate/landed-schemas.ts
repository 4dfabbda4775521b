import { execFileSync } from 'node:child_process';
import { type FactSchema, schemaFolder } from './schema-files.js';

/**
 * The commit whose schemas bind the present one: where this branch left main; on main itself the commit before, or a
 * rewritten schema would be compared with itself.
 */
export function bindingCommit(root: string): string {
  const left = tryGit(root, 'merge-base', 'HEAD', 'origin/main') ?? tryGit(root, 'merge-base', 'HEAD', 'main');
  if (left && left !== tryGit(root, 'rev-parse', 'HEAD')) return left;
  return tryGit(root, 'rev-parse', '--verify', 'HEAD^') ?? 'HEAD';
}

/** The schemas of facts as checked in at a commit, by type. */
export function schemasAt(root: string, commit: string): Map<string, FactSchema> {
  const paths = git(root, 'ls-tree', '-r', '--name-only', commit, `${schemaFolder}/`).split('\n').filter(Boolean);
  const schemas = paths.map((path): FactSchema => JSON.parse(git(root, 'show', `${commit}:${path}`)));
  return new Map(schemas.map((schema) => [schema['x-fact'].type, schema]));
}

// A branch or a parent that this checkout does not have is no error: the next choice is taken.
function tryGit(root: string, ...args: string[]): string | undefined {
  try {
    return git(root, ...args).trim();
  } catch {
    return undefined;
  }
}

function git(root: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
