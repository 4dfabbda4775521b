// `npm run generate [-- --check]`: writes the schemas of facts, docs/topics.md, docs/stream.md, the AsyncAPI document and docs/settings.md from the sources;
// with --check it writes nothing and fails where one of them is stale or the catalogue has a hole.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { generate } from './generate.js';
import { settingsPage } from './settings-page.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { check } = new Command('generate')
  .option('--check', 'write nothing; fail where a generated file is stale or a topic has no producer', false)
  .parse()
  .opts<{ check: boolean }>();

const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
const { incompatible, stale, holes } = generate(root, {
  version,
  check,
  pages: [['docs/settings.md', settingsPage()]],
});

fail('Refused: facts changed incompatibly. Declare the new shape as a new type that ends in .v2.', incompatible);
if (check) {
  fail('Stale; run `npm run generate` and commit the result:', stale);
  fail('The catalogue has holes:', holes);
  if (!process.exitCode) console.log('The generated files are up to date.');
} else if (incompatible.length === 0) {
  console.log(stale.length > 0 ? `Wrote ${stale.join(', ')}` : 'The generated files were up to date.');
  for (const hole of holes) console.warn(`Note: ${hole}`);
}

function fail(headline: string, lines: string[]): void {
  if (lines.length === 0) return;
  console.error([headline, ...lines.map((line) => `  ${line}`)].join('\n'));
  process.exitCode = 1;
}
