import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Puts ours in the place of one of kafkajs' modules, before it is loaded: so whoever calls this is
 * imported before kafkajs.
 */
export const replaceInKafkajs = (path: string, make: (own: unknown) => unknown): void => {
  const file = require.resolve(`kafkajs/src/${path}`);
  const own: unknown = require(file);
  const module = require.cache[file];
  if (module) module.exports = make(own);
};
