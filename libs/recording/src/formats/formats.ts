import { readdirSync } from 'node:fs';
import type { Format } from './format.js';

const HERE = new URL('.', import.meta.url);
/** Built, or as the tests run it. */
const INDEX = import.meta.url.endsWith('.ts') ? 'index.ts' : 'index.js';

/** Every folder beside this file is a format. Sorted by name, so that each start is alike. */
export const formatsIn = async (folder: URL = HERE): Promise<readonly Format[]> => {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();
  return Promise.all(names.map((name) => formatAt(new URL(`${name}/${INDEX}`, folder))));
};

const formatAt = async (module: URL): Promise<Format> => {
  const { format } = (await import(module.href)) as { readonly format?: Format };
  if (!format) throw new Error(`${module.pathname} exports no "format"`);
  return format;
};
