/** The import rules of docs/architecture.md. A red rule fails `npm run check`. */
const contexts =
  'identity|recording|accumulation|credentials|wallet|verification|recognition|transfer|transparency|web';
const spec = '\\.(spec|int-spec|e2e-spec|long-spec)\\.tsx?$';

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'kernel-is-pure',
      severity: 'error',
      from: { path: '^libs/kernel/', pathNot: spec },
      to: { pathNot: '^libs/kernel/' },
    },
    {
      name: 'contracts-only-zod',
      severity: 'error',
      from: { path: '^libs/contracts/', pathNot: spec },
      to: { pathNot: ['^libs/(kernel|contracts)/', 'node_modules/zod'] },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      from: { path: '^libs/[^/]+/src/domain/', pathNot: spec },
      to: { pathNot: ['^libs/(kernel|contracts)/', '^libs/[^/]+/src/domain/'] },
    },
    {
      name: 'foundation-knows-no-context',
      severity: 'error',
      from: { path: '^libs/(merkle|vc|vault|access|log|messaging|platform)/', pathNot: spec },
      to: { path: `^libs/(${contexts})/` },
    },
    {
      name: 'merkle-vc-vault-access-below-log',
      severity: 'error',
      from: { path: '^libs/(merkle|vc|vault|access)/', pathNot: spec },
      to: { path: '^libs/(log|messaging|platform)/' },
    },
    {
      name: 'log-below-messaging-and-platform',
      severity: 'error',
      from: { path: '^libs/log/', pathNot: spec },
      to: { path: '^libs/(messaging|platform)/' },
    },
    {
      name: 'contexts-are-strangers',
      severity: 'error',
      from: { path: `^libs/(${contexts})/` },
      to: { path: `^libs/(${contexts})/`, pathNot: '^libs/$1/' },
    },
    {
      name: 'contexts-know-no-transport',
      severity: 'error',
      from: { path: `^libs/(${contexts})/`, pathNot: spec },
      to: { path: '^libs/(platform|messaging)/' },
    },
    {
      name: 'kafkajs-behind-its-port',
      severity: 'error',
      from: { pathNot: ['^libs/messaging/src/(kafkajs|testing)/', '^test/', spec] },
      to: { path: 'node_modules/kafkajs' },
    },
    {
      name: 'libs-by-front-door',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/.+', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$2/'] },
    },
    {
      name: 'nobody-imports-apps',
      severity: 'error',
      from: { pathNot: '^(apps|test)/' },
      to: { path: '^apps/' },
    },
    {
      name: 'testing-stays-in-tests',
      severity: 'error',
      from: { pathNot: [spec, '^test/', '^libs/testing/', '^libs/[^/]+/src/testing/'] },
      to: { path: '^libs/(testing|[^/]+/src/testing)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
};
