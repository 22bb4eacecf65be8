/**
 * Three projects, quick ones first: unit (no I/O), integration (real PostgreSQL), journey (whole
 * systems over HTTP, both topologies). jest.long.config.js holds what is outside the everyday suite.
 */
export const shared = {
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  // The same .swcrc as the build: the code that is tested is the code that ships.
  transform: { '\\.tsx?$': '@swc/jest' },
  // TypeScript says ./x.js where the file is ./x.ts
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // "#lib" resolves to libs/lib/src instead of dist
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/data'],
};
export const servers = {
  globalSetup: '<rootDir>/test/setup/servers.js',
  globalTeardown: '<rootDir>/test/setup/servers.teardown.js',
};

/** A busy machine is slow, and a test that fails for that alone says nothing. */
export const testTimeout = 30_000;

export default {
  testTimeout,
  // Most of a run is waiting for servers: two cores bear two files at once.
  maxWorkers: 2,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{libs,apps,deploy,test}/**/*.spec.ts?(x)'],
    },
    {
      ...shared,
      ...servers,
      displayName: 'integration',
      testMatch: ['<rootDir>/libs/**/*.int-spec.ts?(x)'],
    },
    {
      ...shared,
      ...servers,
      displayName: 'journey',
      testMatch: ['<rootDir>/test/**/*.e2e-spec.ts?(x)'],
    },
  ],
};
