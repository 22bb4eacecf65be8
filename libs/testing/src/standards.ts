import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describeIf } from './needs.js';

const ROOT = resolve(import.meta.dirname, '../../..');
/** Official files are read where they are, and never copied into the project. */
const folder = resolve(ROOT, process.env['STANDARDS_DIR'] ?? '../shared/standards');

/** The path of an official file or folder, for what reads further files beside it. */
export const standardsPath = (path: string): string => join(folder, path);

/** The text of an official file, e.g. `standards('clr-2.0/schema.json')`. Throws if it is missing. */
export const standards = (path: string): string => readFileSync(standardsPath(path), 'utf8');

/** A suite over official files. */
export const describeWithStandards = (name: string, suite: () => void): void =>
  describeIf(
    existsSync(folder)
      ? undefined
      : `The official files are not in ${folder}: set STANDARDS_DIR to the folder that has them.`,
    name,
    suite,
  );
