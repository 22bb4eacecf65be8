import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Bug, Patch } from './bugs.js';

/** Throws unless the code to change is there, exactly once. */
export const patched = (code: string, { file, search, replace }: Patch): string => {
  const [before, after, ...more] = code.split(search);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${file} has this ${code.split(search).length - 1} times:\n${search}`);
  return `${before}${replace}${after}`;
};

/** A copy of what was built, with the bug in it. Out: its folder, and how to remove it. */
export const plant = (bug: Bug): { readonly folder: string; readonly remove: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-planted-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    mkdirSync(join(folder, 'dist'));
    for (const part of ['apps', 'deploy', 'libs'])
      cpSync(join('dist', part), join(folder, 'dist', part), { recursive: true });
    cpSync('package.json', join(folder, 'package.json'));
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    for (const each of bug.patches) {
      const path = join(folder, 'dist', each.file);
      writeFileSync(path, patched(readFileSync(path, 'utf8'), each));
    }
    return { folder, remove };
  } catch (error) {
    remove();
    throw error;
  }
};
