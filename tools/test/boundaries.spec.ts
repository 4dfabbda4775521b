import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { temporaryWorkspace } from './workspace.js';

const here = join(import.meta.dirname, '../..');
const cruiser = join(here, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const CONFIG = '.dependency-cruiser.cjs';
const config: { forbidden: Array<{ name: string }> } = createRequire(import.meta.url)(join(here, CONFIG));
const rules = config.forbidden.map(({ name }) => name);

/** For each rule a file that breaks it. */
const BROKEN: Record<string, string> = {
  'no-circular': 'libs/a/src/back.ts',
  'apps-never-import-apps': 'apps/b/src/other-app.ts',
  'libs-never-import-apps': 'libs/a/src/app.ts',
  'contracts-know-nothing-of-nest-or-typeorm': 'libs/contracts/src/orm.ts',
  'a-package-is-entered-by-its-index': 'apps/b/src/deep.ts',
  'production-code-never-imports-test-support': 'apps/b/src/support.ts',
  'not-to-unresolvable': 'apps/b/src/nowhere.ts',
};
const LIB = '../../../libs';
const FILES = {
  'tsconfig.base.json': '{"compilerOptions":{"module":"nodenext","moduleResolution":"nodenext"}}',
  'node_modules/typeorm/package.json': '{"name":"typeorm","version":"1.0.0","main":"index.js"}',
  'node_modules/typeorm/index.js': '',
  'apps/a/src/index.ts': 'export const a = 1;',
  'libs/a/src/index.ts': "export { inner } from './inner.js';",
  'libs/a/src/inner.ts': 'export const inner = 1;',
  'libs/a/src/circle.ts': "import { back } from './back.js';\nexport const circle = () => back;",
  'libs/a/src/back.ts': "import { circle } from './circle.js';\nexport const back = () => circle;",
  'libs/a/src/app.ts': "export { a } from '../../../apps/a/src/index.js';",
  'libs/contracts/src/orm.ts': "export * from 'typeorm';",
  'libs/testing/src/index.ts': 'export const actor = 1;',
  'apps/b/src/other-app.ts': "export { a } from '../../a/src/index.js';",
  'apps/b/src/deep.ts': `export { inner } from '${LIB}/a/src/inner.js';`,
  'apps/b/src/support.ts': `export { actor } from '${LIB}/testing/src/index.js';`,
  'apps/b/src/nowhere.ts': "export * from './not-there.js';",
  // As it should be.
  'apps/b/src/index.ts': `export { inner } from '${LIB}/a/src/index.js';`,
  'apps/b/src/index.spec.ts': `export { actor } from '${LIB}/testing/src/index.js';`,
  'apps/b/test/b.int-spec.ts': `export { actor } from '${LIB}/testing/src/index.js';`,
  'apps/all-in-one/src/index.ts': "export { a } from '../../a/src/index.js';",
};

describe('import boundaries', () => {
  let found: Array<{ rule: { name: string }; from: string }>;

  beforeAll(() => {
    const { root, remove } = temporaryWorkspace(FILES);
    copyFileSync(join(here, CONFIG), join(root, CONFIG));
    const args = [cruiser, 'apps', 'libs', '--config', CONFIG, '--output-type', 'json'];
    try {
      found = JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' })).summary.violations;
    } finally {
      remove();
    }
  });

  it.each(rules)('%s is held', (rule) => {
    const from = found.filter((violation) => violation.rule.name === rule).map((violation) => violation.from);
    expect(BROKEN[rule]).toBeDefined();
    expect(from).toContain(BROKEN[rule]);
  });

  it('leave alone what is as it should be', () => {
    const wrong = new Set(Object.values(BROKEN));
    expect(found.filter(({ from }) => !wrong.has(from))).toEqual([]);
  });
});
