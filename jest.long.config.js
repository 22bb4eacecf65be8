import { servers, shared } from './jest.config.js';

/** Conformance and long runs: `npm run test:long`, not part of `npm test`. */
export default {
  projects: [
    {
      ...shared,
      ...servers,
      displayName: 'long',
      testMatch: ['<rootDir>/{libs,test}/**/*.long-spec.ts'],
    },
  ],
};
