import { servers, shared, testTimeout } from './jest.config.js';

/** Conformance and long runs: `npm run test:long`, not part of `npm test`. */
export default {
  testTimeout,
  projects: [
    {
      ...shared,
      ...servers,
      displayName: 'long',
      testMatch: ['<rootDir>/{libs,test}/**/*.long-spec.ts'],
    },
  ],
};
