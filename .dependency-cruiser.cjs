// Who may import whom. See docs/decisions and 5-style: apps never import apps (all-in-one and e2e apart), libs never import apps.
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'apps-never-import-apps',
      comment: 'Services speak through Kafka. Only all-in-one composes them, and only e2e and tools drive them.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/(all-in-one|e2e)/' },
      to: { path: '^apps/([^/]+)/', pathNot: '^apps/$1/' },
    },
    { name: 'libs-never-import-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'contracts-know-nothing-of-nest-or-typeorm',
      severity: 'error',
      from: { path: '^libs/contracts/' },
      to: { path: 'node_modules/(@nestjs|typeorm|kafkajs|pg|mongodb)(/|$)' },
    },
    {
      name: 'a-package-is-entered-by-its-index',
      comment: 'No deep imports into another package.',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: {
        path: '^(apps|libs)/([^/]+)/src/',
        pathNot: ['^$1/$2/', '^(apps|libs)/[^/]+/src/index\\.ts$', '^libs/testing/src/service-under-test\\.ts$'],
      },
    },
    {
      name: 'production-code-never-imports-test-support',
      severity: 'error',
      from: { path: '^(apps|libs)/[^/]+/src/', pathNot: ['\\.spec\\.ts$', '^libs/testing/', '^apps/e2e/'] },
      to: { path: '^libs/testing/' },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@plaza/source', 'import', 'require', 'node', 'default'],
    },
  },
};
