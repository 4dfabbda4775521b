// `npm run contracts:compat [-- --base <commit>]`: compares the facts as declared now with the schemas that were checked in
// where this branch left main (or in the commit before), so that no commit can rewrite a schema unseen.
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { incompatibilities } from './compatibility.js';
import { bindingCommit, schemasAt } from './landed-schemas.js';
import { factSchemas } from './schema-files.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { base = bindingCommit(root) } = new Command('contracts:compat')
  .option('--base <commit>', 'what to compare with; by default where this branch left main, or else the commit before')
  .parse()
  .opts<{ base?: string }>();

const landed = schemasAt(root, base);
const broken = incompatibilities(landed, factSchemas());
if (broken.length > 0) {
  const rule = 'Only optional fields may be added; declare anything else as a new type that ends in .v2:';
  console.error([`Incompatible with ${base}. ${rule}`, ...broken.map((line) => `  ${line}`)].join('\n'));
  process.exitCode = 1;
} else {
  console.log(`The facts are compatible with the ${landed.size} schemas of ${base}.`);
}
