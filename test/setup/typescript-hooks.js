import { registerHooks } from 'node:module';

/**
 * Lets plain Node import our TypeScript before jest transforms anything: TypeScript says ./x.js
 * where the file is ./x.ts, and Node 24 strips the types itself.
 */
registerHooks({
  resolve(specifier, context, nextResolve) {
    try {
      return nextResolve(specifier, context);
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND' || !/^\.{1,2}\/.*\.js$/u.test(specifier))
        throw error;
      return nextResolve(specifier.replace(/\.js$/u, '.ts'), context);
    }
  },
});
