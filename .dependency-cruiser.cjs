// The doors of the architecture: which part may use which. `npm test` also asserts that modules were found at all.
const PURE = '^lib/(evidence|events|spl|content|detection|sigma|deobfuscate|targets)/';
// The engine of filter rules checks them in the editor too.
const FILTER_ENGINE = '^lib/filters/(body|check|compile|form|limits|lint|literal-pattern)\\.ts$';
const TESTS = '\\.test\\.tsx?$';

module.exports = {
  forbidden: [
    {
      name: 'pure-core',
      comment: 'Reading, searching and detecting know no database, no web and no other room of lib.',
      severity: 'error',
      from: { path: PURE, pathNot: TESTS },
      to: {
        path: [
          '^(app|components|scripts)/',
          '^lib/(db|auth|audit|http|jobs|custody|findings|filters|risk|timeline|sources|investigations|reports|catalogue)/',
          '^lib/(env|log)\\.ts$',
          '^node_modules/(@prisma|next|react|react-dom|pg|pg-boss|pino|better-auth)/',
        ],
      },
    },
    {
      name: 'database-through-lib',
      comment:
        'Screens and routes call functions of lib that take the acting user; they never see the database.',
      severity: 'error',
      from: { path: '^(app|components)/', pathNot: TESTS },
      to: { path: ['^lib/db/', '^node_modules/(@prisma|pg|pg-boss|pg-copy-streams)/'] },
    },
    {
      name: 'components-show-only',
      comment: 'Components get plain objects; from rooms with data access they import types alone.',
      severity: 'error',
      from: { path: '^components/', pathNot: TESTS },
      to: {
        path: '^lib/(auth|audit|jobs|custody|findings|filters|risk|sources|investigations|reports|catalogue)/',
        pathNot: [
          '^lib/auth/actor\\.ts$',
          '^lib/risk/severity\\.ts$',
          FILTER_ENGINE,
          '/(types|inputs)\\.ts$',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'components-below-app',
      severity: 'error',
      from: { path: '^components/' },
      to: { path: '^app/', dependencyTypesNot: ['type-only'], pathNot: '/actions\\.ts$' },
    },
    {
      name: 'lib-below-screens',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(app|components|scripts)/' },
    },
    {
      name: 'no-tests-in-product',
      severity: 'error',
      from: {
        pathNot: [TESTS, '^e2e/', '^scripts/support/test-postgres\\.ts$', '^lib/db/testing(-setup)?\\.ts$'],
      },
      to: { path: [TESTS, '^lib/db/testing'] },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^lib/db/generated/', '^\\.next/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
};
