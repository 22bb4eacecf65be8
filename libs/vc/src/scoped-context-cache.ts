/**
 * Makes jsonld.js find type-scoped contexts in its cache of processed contexts. The stock code
 * clones the active context before it looks in a cache keyed by identity, so it can never find one
 * (digitalbazaar/jsonld.js#414), and everything in a credential is type-scoped: an expansion takes
 * some twenty times longer than it has to.
 *
 * Must be imported before anything that imports jsonld, since its modules take copies of the two
 * functions when they load. Relies on `lib/context.js` of jsonld 9.0.0, which is therefore pinned;
 * a test compares the results with those of the stock code.
 */
import { createRequire } from 'node:module';

interface ActiveContext {
  previousContext?: ActiveContext | undefined;
  clone: (this: ActiveContext) => ActiveContext;
  revertToPreviousContext: (this: ActiveContext) => ActiveContext;
}

interface ProcessArguments {
  readonly activeCtx: ActiveContext;
  readonly localCtx: unknown;
  readonly propagate?: boolean;
}

interface ContextModule {
  getInitialContext: (options: object) => ActiveContext;
  process: (options: ProcessArguments) => Promise<ActiveContext>;
}

/** Applies the change to jsonld's `lib/context.js`. */
export const cacheScopedContexts = (contextModule: ContextModule): void => {
  const { getInitialContext, process } = contextModule;
  const changed = new WeakSet<ActiveContext>();
  const scoped = new WeakMap<ActiveContext, ActiveContext>();

  contextModule.getInitialContext = (options) => {
    const initial = getInitialContext(options);
    if (!changed.has(initial)) {
      changed.add(initial);
      keepPreviousContext(initial);
    }
    return initial;
  };

  // One child context for each parent, so that the look-up by identity finds what it made before.
  contextModule.process = (options) => {
    const { activeCtx, localCtx, propagate = true } = options;
    if (propagate || activeCtx.previousContext || !isPlainContext(localCtx))
      return process(options);
    let child = scoped.get(activeCtx);
    if (!child) {
      child = activeCtx.clone();
      child.previousContext = activeCtx;
      scoped.set(activeCtx, child);
    }
    return process({ ...options, activeCtx: child });
  };
};

const isPlainContext = (context: unknown): boolean =>
  typeof context === 'object' &&
  context !== null &&
  !Array.isArray(context) &&
  !('@propagate' in context) &&
  !('@context' in context);

/** A clone keeps the way back to the context outside the type, and so do its clones. */
const keepPreviousContext = (initial: ActiveContext): void => {
  const { clone: stockClone } = initial;
  initial.revertToPreviousContext = function (this: ActiveContext) {
    return this.previousContext ?? this;
  };
  const clone = function (this: ActiveContext): ActiveContext {
    const previous = this.previousContext;
    if (!previous) return stockClone.call(this);
    const view = Object.create(this, { previousContext: { value: undefined } }) as ActiveContext;
    const copy = stockClone.call(view);
    copy.previousContext = previous;
    copy.clone = clone;
    return copy;
  };
  initial.clone = clone;
};

cacheScopedContexts(createRequire(import.meta.url)('jsonld/lib/context.js') as ContextModule);
